import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readDefaultConfig } from './default-config';

it('takes what does no harm, key by key, and names the rest', () => {
  expect(readDefaultConfig({ log_level: 'debug', look_seconds: 60 })).toEqual({
    taken: { log_level: 'debug', look_seconds: 60 },
    ignored: [],
  });
  expect(
    readDefaultConfig({
      log_level: 'error',
      look_seconds: 0,
      server: 'https://rogue.test',
      ca_pin: 'ab'.repeat(32),
      state_dir: '/tmp',
      ['x'.repeat(99)]: 1,
    }),
  ).toEqual({ taken: {}, ignored: ['log_level', 'look_seconds', 'server', 'ca_pin', 'state_dir', 'x'.repeat(40)] });
  expect(readDefaultConfig()).toEqual({ taken: {}, ignored: [] });
});

it('takes nothing else of whatever is said', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (said) => {
      const { taken, ignored } = readDefaultConfig(said);
      for (const key of Object.keys(taken)) expect(['log_level', 'look_seconds']).toContain(key);
      expect(ignored.length).toBeLessThanOrEqual(8);
    }),
  );
});
