import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EnrolmentTokenError,
  readEnrolmentToken,
  redactTokens,
  writeEnrolmentToken,
  type EnrolmentToken,
} from './enrolment-token';
import { parseServerAddress } from './server-address';

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('[2001:db8::7]'));
const server = fc
  .tuple(host, fc.integer({ min: 1, max: 65_535 }))
  .map(([name, port]) => parseServerAddress(`https://${name}:${port}`));
const tokens: fc.Arbitrary<EnrolmentToken> = fc.record({
  servers: fc.array(server, { minLength: 1, maxLength: 8 }),
  pins: fc.array(hex, { minLength: 1, maxLength: 8 }),
  credential: hex.map((text) => Buffer.from(text, 'hex').toString('base64url')),
});

const example = writeEnrolmentToken({
  servers: [new URL('https://sysmanage.example.com:6443'), new URL('https://[2001:db8::7]:443')],
  pins: ['ab'.repeat(32)],
  credential: Buffer.alloc(32, 7).toString('base64url'),
});

it('reads what it wrote, with white space around it', () => {
  fc.assert(
    fc.property(tokens, fc.constantFrom('', ' ', '\n', '\r\n', '\ufeff'), (token, space) => {
      const text = writeEnrolmentToken(token);
      expect(text).toMatch(/^sysmanage_[\w-]+$/);
      expect(readEnrolmentToken(space + text + space)).toEqual(token);
    }),
  );
});

it('is a line one can paste', () => {
  expect(example.length).toBeLessThan(220);
  expect(readEnrolmentToken(example).servers.map(String)).toEqual([
    'https://sysmanage.example.com:6443/',
    'https://[2001:db8::7]/',
  ]);
});

describe('refuses', () => {
  it('every truncated token, and says that it is truncated', () => {
    for (let length = 'sysmanage_'.length; length < example.length; length++) {
      expect(() => readEnrolmentToken(example.slice(0, length))).toThrow(/truncated/);
    }
  });

  it('every token with one character changed, added or left out', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. ';
    fc.assert(
      fc.property(
        tokens,
        fc.nat(),
        fc.constantFrom(...alphabet),
        fc.constantFrom(0, 1),
        fc.boolean(),
        (token, where, character, cut, isPut) => {
          const text = writeEnrolmentToken(token);
          const at = where % (text.length + 1);
          const changed = text.slice(0, at) + (isPut ? character : '') + text.slice(at + cut);
          fc.pre(changed.trim() !== text);
          expect(() => readEnrolmentToken(changed)).toThrow(EnrolmentTokenError);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('any other text, and never fails otherwise', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    fc.assert(
      fc.property(fc.constantFrom('', 'sysmanage_', 'sysmanage_AQ'), words, (prefix, rest) => {
        expect(() => readEnrolmentToken(prefix + rest)).toThrow(EnrolmentTokenError);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', 'hello', 'SYSMANAGE_AQBj', 'sysmanage_', 'sysmanage_ü', 'https://sysmanage.example.com'])(
    '%j, with one line that does not repeat it',
    (text) => {
      expect(() => readEnrolmentToken(text)).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/^[^\n]+$/) }),
      );
    },
  );
});

it('is not written without a server, a pin or a whole credential', () => {
  const whole = readEnrolmentToken(example);
  for (const part of [
    { servers: [] },
    { pins: [] },
    { pins: ['ab'] },
    { credential: 'short' },
    { servers: Array<URL>(9).fill(whole.servers[0]!) },
  ]) {
    expect(() => writeEnrolmentToken({ ...whole, ...part })).toThrow();
  }
});

it('is taken out of whatever is printed', () => {
  expect(redactTokens(`Unexpected argument '${example}'`)).toBe("Unexpected argument 'sysmanage_…'");
});
