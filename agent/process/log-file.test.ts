import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inEnglish } from '../../words/say';
import { configuration } from '../configuration/schema';
import { createLogFile } from './log-file';

function setUp(options: { mostBytes?: number } = {}) {
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-log-'));
  onTestFinished(() => rmSync(scratch, { recursive: true }));
  const folder = join(scratch, 'log');
  const failures: string[] = [];
  let time = 0;
  const file = createLogFile(folder, {
    onFailure: (why) => void failures.push(inEnglish(why)),
    now: () => time,
    ...options,
  });
  const pass = (ms: number) => void (time += ms);
  return { scratch, folder, failures, file, pass, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

test('lines go into the file that is named, for the agent alone, and into none again', () => {
  const { folder, file, read } = setUp();
  file.write('before\n');
  file.use('agent.log');
  file.write('one\n');
  file.use('other.log');
  file.write('two\n');
  file.use(undefined);
  file.write('after\n');
  file.use('agent.log');
  file.write('three\n');
  expect([read('agent.log'), read('other.log')]).toEqual(['one\nthree\n', 'two\n']);
  if (process.platform !== 'win32')
    expect([folder, join(folder, 'agent.log')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
});

test('a full file makes room, and the oldest of four goes', () => {
  const { folder, file, read } = setUp({ mostBytes: 4 });
  file.use('agent.log');
  for (let line = 1; line <= 7; line++) file.write(`${line}..\n`);
  expect(readdirSync(folder).sort()).toEqual([
    'agent.log',
    ...['agent.log.1', 'agent.log.2', 'agent.log.3', 'agent.log.4'],
  ]);
  expect([read('agent.log'), read('agent.log.1'), read('agent.log.4')]).toEqual(['7..\n', '6..\n', '3..\n']);
});

test.skipIf(process.platform === 'win32')('nothing is written through a link, nor into what is no file', () => {
  const { scratch, folder, file, failures } = setUp();
  mkdirSync(folder);
  writeFileSync(join(scratch, 'passwd'), '');
  symlinkSync(join(scratch, 'passwd'), join(folder, 'agent.log'));
  mkdirSync(join(folder, 'folder.log'));
  for (const name of ['agent.log', 'folder.log']) {
    expect(() => file.check(name)).toThrow(`${join(folder, name)} cannot be written`);
    file.use(name);
    file.write('text\n');
  }
  expect(readFileSync(join(scratch, 'passwd'), 'utf8')).toBe('');
  expect(failures).toHaveLength(2);
});

test('what fails is told once, and tried again after a minute', () => {
  const { folder, file, failures, pass, read } = setUp();
  writeFileSync(folder, 'no folder');
  file.use('agent.log');
  for (let line = 0; line < 3; line++) file.write('lost\n');
  pass(60_000);
  file.write('lost\n');
  expect(failures).toEqual([`${join(folder, 'agent.log')} cannot be written: EEXIST`]);
  rmSync(folder);
  pass(60_000);
  file.write('kept\n');
  expect(read('agent.log')).toBe('kept\n');
});

test('no name leads out of the folder', () => {
  const judge = (file: unknown) => configuration.safeParse({ log: { file } }).success;
  for (const good of ['agent.log', 'a.log', 'agent-2.log', 'a..log']) expect(judge(good), good).toBe(true);
  const hostile = ['../x.log', '/etc/x.log', 'a/b.log', 'a\\b.log', '.log', '..log', 'passwd', 'x.log\n', 'x\0.log'];
  const others = ['con.log', 'C:x.log', 'X.log', 'ä.log', `${'a'.repeat(65)}.log`, '', 7, null, ['a.log']];
  for (const bad of [...hostile, ...others]) expect(judge(bad), JSON.stringify(bad)).toBe(false);
});
