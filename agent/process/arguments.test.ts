import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';
import { EXIT, FatalError } from './exit-codes';

it('reads every option', () => {
  const pin = 'ab'.repeat(32);
  expect(
    parseArguments([
      ...['--server', 'https://a.test', '--state-dir=/x', '--ca-pin', pin, '--once', '--service'],
      ...['--log-level', 'debug'],
    ]),
  ).toEqual({
    help: false,
    version: false,
    once: true,
    service: true,
    server: new URL('https://a.test:6443'),
    stateDir: '/x',
    caPin: pin,
    logLevel: 'debug',
  });
});

it('is happy with nothing', () => {
  expect(parseArguments([])).toMatchObject({ help: false, version: false, once: false, server: undefined });
});

describe('mistakes are one line, name the option and exit with 64', () => {
  it.each([
    [['--sever', 'x'], /^Unknown option '--sever'/],
    [['-x'], /^Unknown option '-x'/],
    [['https://a.test'], /^Unexpected argument 'https:\/\/a\.test'/],
    [['--server'], /^Option '--server' needs a value/],
    [['--server', '--once'], /^Option '--server' needs a value/],
    [['--once=yes'], /^Option '--once' does not take a value/],
    [['--server', 'http://a.test'], /^--server: .*https/],
    [['--server', ''], /^--server: /],
    [['--ca-pin', 'x'], /^--ca-pin: /],
    [['--log-level', 'loud'], /^--log-level: "loud" is none of error, warn, info, debug/],
    [['--log-level', '__proto__'], /^--log-level: /],
    [['--state-dir', ''], /^--state-dir: /],
    [['--state-dir', 'a\0b'], /^--state-dir: /],
  ])('%j', (argv, expected) => {
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ exitCode: EXIT.USAGE, message: expect.stringMatching(expected) }),
    );
  });

  it('for any input', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('--server', '--once', '--', '-', '--ca-pin=', 'https://'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          parseArguments(argv);
        } catch (error) {
          expect(error).toBeInstanceOf(FatalError);
          expect((error as FatalError).exitCode).toBe(EXIT.USAGE);
        }
      }),
    );
  });
});
