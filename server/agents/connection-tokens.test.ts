import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConnectionTokens } from './connection-tokens';

const SECRET = 'a secret of the server, long enough';
const holder = { hostId: '01890000-0000-7000-8000-000000000001', serial: '0A' };

test('a token opens one connection, with the secret that was handed out', () => {
  const tokens = createConnectionTokens(SECRET);
  const { token, secret } = tokens.issue(holder);
  expect(tokens.spend(token, holder)).toEqual({ secret: Buffer.from(secret, 'base64url') });
  expect(tokens.spend(token, holder)).toBe('spent');
});

test('sixty seconds, and not one millisecond more', () => {
  const tokens = createConnectionTokens(SECRET);
  const { token } = tokens.issue(holder, 0);
  expect(tokens.spend(token, holder, 60_000)).toBe('expired');
  expect(tokens.spend(token, holder, 59_999)).toHaveProperty('secret');
  expect(tokens.spend(token, holder, 60_001)).toBe('expired');
});

test('another host, or another certificate of the same host, cannot use it, and does not spend it', () => {
  const tokens = createConnectionTokens(SECRET);
  const { token } = tokens.issue(holder);
  expect(tokens.spend(token, { ...holder, serial: '0B' })).toBe('another_certificate');
  expect(tokens.spend(token, { ...holder, hostId: '01890000-0000-7000-8000-000000000002' })).toBe('another_certificate');
  expect(tokens.spend(token, holder)).toHaveProperty('secret');
});

test('what this server did not make, or what was changed, is forged', () => {
  const tokens = createConnectionTokens(SECRET);
  const { token } = tokens.issue(holder);
  expect(tokens.spend(undefined, holder)).toBe('missing');
  expect(createConnectionTokens('another secret of another server').spend(token, holder)).toBe('forged');
  fc.assert(fc.property(fc.string({ maxLength: 2000, minLength: 1 }), (text) => tokens.spend(text, holder) === 'forged'));
  const bytes = Buffer.from(token, 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i]! ^= 1;
    expect(tokens.spend(changed.toString('base64url'), holder)).toBe('forged');
  }
});
