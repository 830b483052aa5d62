import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createConnectionTokens } from './connection-tokens';

const tls = new Socket();

test('a token opens one connection, with the secret that was handed out', () => {
  const tokens = createConnectionTokens();
  const { token, secret } = tokens.issue(tls);
  expect(tokens.spend(tls, token)).toEqual({ secret: Buffer.from(secret, 'base64url') });
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(tokens.spend(tls, token)).toBe('unknown');
});

test('sixty seconds, and not one millisecond more', () => {
  const tokens = createConnectionTokens();
  expect(tokens.spend(tls, tokens.issue(tls, 0).token, 60_000)).toBe('expired');
  expect(tokens.spend(tls, tokens.issue(tls, 0).token, 59_999)).toHaveProperty('secret');
});

test('another TLS connection cannot use it, nor another process, and does not spend it', () => {
  const tokens = createConnectionTokens();
  const { token } = tokens.issue(tls);
  expect(tokens.spend(new Socket(), token)).toBe('unknown');
  expect(createConnectionTokens().spend(tls, token)).toBe('unknown');
  expect(tokens.spend(tls, token)).toHaveProperty('secret');
});

test('none, a wrong one, and one that another followed', () => {
  const tokens = createConnectionTokens();
  const { token } = tokens.issue(tls);
  expect(tokens.spend(tls, undefined)).toBe('missing');
  expect(tokens.spend(tls, '')).toBe('missing');
  expect(tokens.spend(tls, `${token}A`)).toBe('unknown');
  const next = tokens.issue(tls);
  expect(tokens.spend(tls, token)).toBe('unknown');
  expect(tokens.spend(tls, next.token)).toHaveProperty('secret');
});
