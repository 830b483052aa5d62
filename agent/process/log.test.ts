import { expect, it } from 'vitest';
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
