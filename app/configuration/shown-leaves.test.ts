import { expect, test } from 'vitest';
import { isSecretAlone } from './shown-leaves';

const server = { proxy: 'http://proxy:3128', proxy_password: '(secret)' };
const wanted = { hash: 'new', document: { server } };
const inForce = { hash: 'old', document: { server }, reportedAt: '' };
const more = { log: { level: 'debug' }, server };

test('a secret that is another is told from all else that differs', () => {
  expect(isSecretAlone({ wanted, inForce, offered: null })).toBe(true);
  expect(isSecretAlone({ wanted, inForce: { ...inForce, hash: 'new' }, offered: null })).toBe(false);
  expect(isSecretAlone({ wanted, inForce: null, offered: null })).toBe(false);
  const without = { server: { proxy: 'http://proxy:3128' } };
  const plain = { wanted: { ...wanted, document: without }, inForce: { ...inForce, document: without }, offered: null };
  expect(isSecretAlone(plain)).toBe(false);
});

test('what the machine sets itself is no difference of what it was given', () => {
  const own = { ...inForce, document: more };
  expect(isSecretAlone({ wanted, inForce: own, offered: { hash: 'old', document: { server }, at: '' } })).toBe(true);
  expect(isSecretAlone({ wanted, inForce: own, offered: { ...wanted, at: '' } })).toBe(false);
});
