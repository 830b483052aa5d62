import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../certificates/testing';
import texts from '../../words/de.json';
import { COMMANDS } from './table';
import { runSysmanage } from './testing';

test('each command says what it is for and does nothing when asked for help', async () => {
  await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { operands }]) => {
      // A folder that cannot be: whatever looked for data there would fail.
      const { code, output } = await runSysmanage(name, { SYSMANAGE_DATA_DIR: '/dev/null/none' }, '--help');
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(output.split('\n')[0]).toBe(`Usage: sysmanage ${[name, operands, '[FLAGS]'].filter(Boolean).join(' ')}`);
      expect(output).toMatch(/^ +77 /m);
      expect(output.includes('--json')).toBe(name !== 'serve');
      for (const line of output.split('\n')) expect(line.length, line).toBeLessThanOrEqual(220);
    }),
  );
});

test('all are listed, or those of a group', async () => {
  const { code, output } = await runSysmanage('--help', {});
  expect(code).toBe(0);
  for (const name of Object.keys(COMMANDS)) expect(output).toContain(`  ${name} `);
  const group = await runSysmanage('db', {});
  expect(group.code).toBe(64);
  expect(group.output).toContain('db rollback [N]');
  expect(group.output).not.toContain('users');
});

test.each([['audti verify'], ['db frob'], ['constructor']])('there is no command %s, in one line', async (command) => {
  expect(await runSysmanage(command, {})).toEqual({
    code: 64,
    output: expect.stringMatching(/^sysmanage: [^\n]*no such command[^\n]*\n$/),
  });
});

test('too much and too little is a wrong call', async () => {
  expect(await runSysmanage('users link', {})).toEqual({
    code: 64,
    output: expect.stringContaining('EMAIL is needed'),
  });
  expect(await runSysmanage('db status', {}, 'x')).toEqual({ code: 64, output: expect.stringContaining('x: this is') });
});

test('the configuration in force is shown without what is secret in it', async () => {
  const file = join(await temporaryFolder(), 'sysmanage.yaml');
  await writeFile(file, 'api_port: 7000\nsecret_key: a secret that is thirty-two characters\n', { mode: 0o600 });
  const environment = {
    DATABASE_URL: 'postgres://someone:hunter2@db.example.com/sysmanage?sslpassword=hunter3',
    SYSMANAGE_ADMIN_EMAIL: 'admin@example.com',
    SYSMANAGE_ADMIN_PASSWORD: 'four words nobody knows',
  };
  const { code, output } = await runSysmanage('config show', environment, '--json', '--config', file);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    api_port: { value: 7000, from: file },
    'log.level': { value: 'info', from: null },
    database_url: { value: expect.stringContaining('db.example.com/sysmanage'), from: 'DATABASE_URL' },
    secret_key: { value: '[secret]', from: file },
    'admin.password': { value: '[secret]', from: 'SYSMANAGE_ADMIN_PASSWORD' },
  });
  expect(output).not.toMatch(/hunter|thirty-two|four words/);
  expect((await runSysmanage('config show', environment, '--config', file)).output).not.toMatch(
    /hunter|thirty-two|four words/,
  );
});

test('a configuration is judged without a server', async () => {
  expect(await runSysmanage('config check', {})).toEqual({ code: 0, output: 'The configuration is right.\n' });
  const { code, output } = await runSysmanage('config check', { SYSMANAGE_API_PORT: 'x', SYSMANAGE_LOG_LEVEL: 'y' });
  expect(code).toBe(78);
  expect(output.trim().split('\n')).toHaveLength(2);
});

test('which version it is', async () => {
  const { output } = await runSysmanage('version', {}, '--json');
  expect(JSON.parse(output)).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.versions.node,
  });
});

test('help, answers and refusals are in the language of the terminal; JSON is the same in all', async () => {
  const german = { LANG: 'de_AT.UTF-8' };
  const [help, refused, wrong, json] = await Promise.all([
    runSysmanage('--help', german),
    runSysmanage('--nonsense', { ...german, LC_ALL: 'POSIX' }),
    runSysmanage('config check', { ...german, SYSMANAGE_NONSENSE_OF_OURS: '1' }),
    runSysmanage('config check', { ...german, SYSMANAGE_NONSENSE_OF_OURS: '1' }, '--json'),
  ]);
  expect(help.output.split('\n')).toContain(texts['server.help.commands']);
  expect(refused.output).toMatch(/^Usage: /);
  const variable = 'SYSMANAGE_NONSENSE_OF_OURS: ';
  expect(wrong).toEqual({ code: 78, output: `config check: ${variable}${texts['server.config.unknown']}\n` });
  expect(JSON.parse(json.output)).toEqual({
    command: 'config check',
    errors: [`${variable}no such setting; remove it or correct its name`],
    exitCode: 78,
  });
});
