import { expect, test } from 'vitest';
import { alternativeName } from '../der/alternative-name';
import { serverNames } from './server-names';

test('the machine’s own names fit into a certificate; configured ones are kept, to be judged there', () => {
  const own = serverNames([]);
  expect(own).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']));
  expect(own.filter((name) => !alternativeName(name))).toEqual([]);
  expect(serverNames(['sysmanage.example', 'two words', 'localhost'])).toEqual([
    ...own,
    'sysmanage.example',
    'two words',
  ]);
});
