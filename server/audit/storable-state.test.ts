import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { writeEnrolmentToken } from '../../agent/enrolment-token';
import { makeKey, prefixOf } from '../api-keys/key-text';
import { hashPassword } from '../auth/password';
import { createTokenSigner } from '../tokens/signer';
import { storableLine, storableState, withholdSecrets } from './storable-state';

const enrolmentToken = (servers: number) =>
  writeEnrolmentToken({
    servers: Array.from({ length: servers }, (_, n) => new URL(`https://server-${n}.example.com:6443`)),
    pins: [randomBytes(32).toString('hex')],
    credential: randomBytes(32).toString('base64url'),
  });

/** Made by what makes them: another form of one of them fails this until the log knows it. */
const SECRETS: Record<string, () => Promise<string> | string> = {
  'an API key': makeKey,
  'most of an API key': () => makeKey().slice(0, 40),
  'an enrolment token': () => enrolmentToken(1),
  'a long enrolment token': () => enrolmentToken(8),
  'a JWT': async () =>
    (await createTokenSigner('a secret').sign({ userId: 'a', chainId: 'b', jti: 'c' }, new Date())).token,
  'a hashed password': () => hashPassword('correct horse battery staple'),
  'an address with a one-time token': () =>
    `https://server.example.com/invitation?token=${randomBytes(24).toString('base64url')}`,
  'an Authorization header': () => 'Bearer x',
  'one in small letters': () => 'authorization: bearer x',
  'a private key': () => '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE',
};

test.each(Object.keys(SECRETS))('%s is withheld wherever it stands, and fails nothing', async (what) => {
  const secret = await SECRETS[what]!();
  for (const text of [secret, `my ${secret}`, `${'x'.repeat(1010)} ${secret}`, `${secret}\nand more`]) {
    expect(storableState({ name: text, list: [text], deep: { note: text } })).toEqual({
      name: '[withheld]',
      list: ['[withheld]'],
      deep: { note: '[withheld]' },
    });
    expect(storableLine(text, 20)).toBe('[withheld]');
  }
});

test('what people call things is kept', () => {
  for (const name of [
    'web-01.example.com',
    'bearer',
    'argon2',
    'eyJ.example',
    'smk_',
    prefixOf(makeKey()),
    'sysmanage_agent',
    'token=1',
    'o’Neill',
  ]) {
    expect(storableState({ name })).toEqual({ name });
  }
});

test('a member that is named like a secret is a mistake of ours', () => {
  for (const state of [{ password: 'x' }, { deep: [{ apiKey: 'x' }] }, { tokens: 1, token: ['x'] }]) {
    expect(() => storableState(state)).toThrow('looks like a secret');
  }
  expect(storableState({ permissions: ['users.read'], hasPassword: true })).toEqual({
    permissions: ['users.read'],
    hasPassword: true,
  });
});

test('names that no database holds are made so that it does', () => {
  expect(storableState({ 'a\0b': 1, ['n'.repeat(200)]: 2, ['__proto__']: 3, at: new Date(0) })).toEqual({
    'a\ufffdb': 1,
    [`${'n'.repeat(99)}…`]: 2,
    ['__proto__']: 3,
    at: '1970-01-01T00:00:00.000Z',
  });
});

test.each(Object.keys(SECRETS))(
  'of a text nothing is withheld but %s, and what is left is kept as it is',
  async (what) => {
    const secret = await SECRETS[what]!();
    const kept = withholdSecrets(`before "${secret}" after`);
    expect(kept).toMatch(/^before ".*\[withheld\][^"]*" after$/s);
    expect(storableLine(kept, 1000)).toBe(kept);
  },
);

test('a private key is withheld to its end, and what comes after it is not', () => {
  const key = (end: string) =>
    `-----BEGIN RSA PRIVATE KEY-----${end}Proc-Type: 4,ENCRYPTED${end}${'a+/='.repeat(16)}${end}ab==`;
  const END = '-----END RSA PRIVATE KEY-----';
  for (const end of ['\n', '\r\n', '\\n'])
    expect(withholdSecrets(`${key(end)}${end}${END}\nreboot`)).toBe('[withheld]\nreboot');
  // One that somebody has cut, and one that is there so that something is withheld.
  expect(withholdSecrets(`${key('\n')}\nreboot`)).toBe('[withheld]\nab==\nreboot');
  expect(withholdSecrets(`# -----BEGIN PRIVATE KEY-----\nrm -rf "$1"\n# ${END}`)).toBe(
    `# [withheld]\nrm -rf "$1"\n# ${END}`,
  );
});

test('takes no time for a text that begins many secrets and ends none', () => {
  for (const part of ['eyJ', '-----BEGIN PRIVATE KEY-----\n', 'a '.repeat(10), '$argon2i$', 'Bearer\n', '-----BEGIN '])
    withholdSecrets(part.repeat(Math.ceil(130_000 / part.length)));
}, 5_000);
