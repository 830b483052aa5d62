import { expect, it } from 'vitest';
import { words } from '../../words/words';
import { createLog } from './log';

function record(level: 'info' | 'debug') {
  const lines: string[] = [];
  const log = createLog(
    level,
    (line) => lines.push(line),
    () => new Date(0),
  );
  return { lines, log };
}

it('writes one line with time and level', () => {
  const { lines, log } = record('info');
  log.info('hello');
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z info  hello\n']);
});

it('leaves out what is louder than its level', () => {
  const { lines, log } = record('info');
  log.debug('quiet');
  log.error('loud');
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z error loud\n']);
});

it('lets no text forge a second line or drive a terminal', () => {
  const { lines, log } = record('info');
  log.info('x\n1970 error forged\u001b[2J\u0085\u2028');
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z info  x\\u000a1970 error forged\\u001b[2J\\u0085\\u2028\n']);
});

it('shows no enrolment token that somebody put where none belongs', () => {
  const { lines, log } = record('info');
  log.info('cannot open sysmanage_AQBjc2VjcmV0-_: no such file');
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z info  cannot open sysmanage_…: no such file\n']);
});

it('speaks the language of whoever reads it, and hands on the same line in English', () => {
  const lines: string[][] = [];
  const log = createLog(
    'info',
    (...line) => lines.push(line),
    () => new Date(0),
    (said) => (typeof said === 'string' ? said : 'verbunden'),
  );
  log.info(words('agent.connection.connected', { server: 'a.test' }));
  expect(lines).toEqual([
    ['1970-01-01T00:00:00.000Z info  verbunden\n', '1970-01-01T00:00:00.000Z info  connected to a.test\n'],
  ]);
});
