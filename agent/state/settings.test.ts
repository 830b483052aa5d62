import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT } from '../process/exit-codes';
import { makeStateFolder } from '../testing';
import { openStateFolder } from './open-folder';
import { keepSettings, readSettings, readSettingsAtStart } from './settings';

function folderWith(yaml?: string) {
  const folder = makeStateFolder();
  openStateFolder(folder);
  if (yaml !== undefined) writeFileSync(join(folder, 'agent.yaml'), yaml);
  return folder;
}

it('keeps what it is given', () => {
  const folder = folderWith();
  expect(readSettings(folder)).toEqual({});
  keepSettings(folder, { server: 'https://a.test:6443', log_level: undefined });
  keepSettings(folder, { log_level: 'debug' });
  expect(readSettings(folder)).toEqual({ server: 'https://a.test:6443', log_level: 'debug' });
});

it('leaves comments and other keys alone', () => {
  const folder = folderWith('# ours\nserver: https://a.test:6443 # main site\nlog_level: info\n');
  keepSettings(folder, { server: 'https://b.test:6443' });
  expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toBe(
    '# ours\nserver: https://b.test:6443 # main site\nlog_level: info\n',
  );
});

it('a start takes keys of another version for a ban on commands, on a machine that has worked, and nothing else', () => {
  const yaml =
    'server: https://a.test\ntelepathy: true\nlog: { level: warn, ink: red }\nlock: [ink.colour, log.level]\n';
  const folder = folderWith(yaml);
  expect(() => readSettingsAtStart(folder)).toThrow(/telepathy/);
  writeFileSync(join(folder, 'client.crt'), '');
  const { settings, damage } = readSettingsAtStart(folder);
  const log = { level: 'warn' };
  expect(settings).toEqual({ server: 'https://a.test', log, lock: ['log.level'], commands: { forbidden: 'all' } });
  expect(damage).toMatch(/telepathy.*nothing may be commanded/);
  writeFileSync(join(folder, 'agent.yaml'), 'telepathy: true\nlog: { level: loud }\n');
  expect(() => readSettingsAtStart(folder)).toThrow(/log\.level/);
});

it('takes a log file by its name, and by no path', () => {
  expect(readSettings(folderWith('log: { file: agent.log }\n'))).toEqual({ log: { file: 'agent.log' } });
  for (const path of ['../x.log', '/var/log/x.log'])
    expect(() => readSettings(folderWith(`log: { file: ${path} }\n`))).toThrow(/log\.file/);
});

it('does not write when nothing changes', () => {
  const folder = folderWith('server:   "https://a.test:6443"\n');
  keepSettings(folder, { server: 'https://a.test:6443' });
  expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toBe('server:   "https://a.test:6443"\n');
});

it.each(['', '# nothing yet\n', '---\n'])('takes %j for empty', (yaml) => {
  const folder = folderWith(yaml);
  expect(readSettings(folder)).toEqual({});
  keepSettings(folder, { server: 'https://a.test:6443' });
  expect(readSettings(folder)).toEqual({ server: 'https://a.test:6443' });
});

it.each([
  ['sever: https://a.test\n', /agent\.yaml: .*known there: sever/],
  ['server: a.test\n', /agent\.yaml: server: "a\.test" does not start with https/],
  ['server: 5\n', /agent\.yaml: server: /],
  ['log_level: loud\n', /agent\.yaml: log_level: /],
  ['ca_pin: abc\n', /agent\.yaml: ca_pin: .*64 digits/],
  ['- a\n', /agent\.yaml: /],
  ['just text\n', /agent\.yaml: /],
  ['server: [\n', /agent\.yaml: /],
  ['server: *elsewhere\n', /agent\.yaml: .*alias/],
  ['a: 1\na: 2\n', /agent\.yaml: .*unique/],
  ['tags: env:prod\n', /agent\.yaml: tags: /],
  ['tags: { env: prod }\n', /agent\.yaml: tags: /],
  ['tags: [12]\n', /agent\.yaml: tags\.0: /],
  ['tags: [env, ""]\n', /agent\.yaml: tags\.1: /],
  ['tags: [":prod"]\n', /agent\.yaml: tags\.0: /],
  ['tags: ["a,b"]\n', /agent\.yaml: tags\.0: /],
  ['tags: ["a、b"]\n', /agent\.yaml: tags\.0: /],
  ['tags: ["a\\nb"]\n', /agent\.yaml: tags\.0: /],
  ['tags: ["a\\0"]\n', /agent\.yaml: tags\.0: /],
  ['tags: ["a\\ud800"]\n', /agent\.yaml: tags\.0: /],
  [`tags: [${'x'.repeat(101)}]\n`, /agent\.yaml: tags\.0: /],
  [`tags: [${Array.from({ length: 51 }, (_, i) => `t${i}`).join()}]\n`, /agent\.yaml: tags: /],
])('refuses %j in one line that names the key', (yaml, expected) => {
  const folder = folderWith(yaml);
  expect(() => readSettings(folder)).toThrow(
    expect.objectContaining({ exitCode: EXIT.CONFIG, message: expect.stringMatching(expected) }),
  );
  expect(() => readSettings(folder)).toThrow(/^[^\n]*$/);
});
