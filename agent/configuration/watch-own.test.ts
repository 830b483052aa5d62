import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { forgetLocal, readSettings } from '../state/settings';
import { openStateFolder } from '../state/open-folder';
import { makeStateFolder, recordLog, signalOfTest } from '../testing';
import { localOf, type Own, ownOf } from './own';
import { watchOwn } from './watch-own';

let folder: string;
let path: string;

beforeEach(() => {
  folder = makeStateFolder();
  openStateFolder(folder);
  path = join(folder, 'agent.yaml');
});

/** What is heard of edits, in order. */
function watch(given: Parameters<typeof ownOf>[0] = {}) {
  const heard: Own[] = [];
  const record = recordLog();
  const read = () => ownOf(given, readSettings(folder));
  const look = watchOwn({ folder, read, log: record.log, signal: signalOfTest() }, (own) => heard.push(own));
  return { heard, look, ...record, nth: (n: number) => expect.poll(() => heard.length, { timeout: 10_000 }).toBe(n) };
}

it('hears an edit, also of an editor that puts another file there, and of a file that comes', async () => {
  const { heard, nth } = watch();
  writeFileSync(path, 'log: { level: debug }\nlock: [server.addresses]\n');
  await nth(1);
  expect(heard[0]).toEqual({ values: { log: { level: 'debug' } }, lock: ['server.addresses'] });
  writeFileSync(`${path}.swp`, 'log_level: warn\nheartbeat: { interval_seconds: 9 }\n');
  renameSync(`${path}.swp`, path);
  await nth(2);
  expect(heard[1]).toEqual({ values: { log: { level: 'warn' }, heartbeat: { interval_seconds: 9 } }, lock: [] });
});

it('hears of what is forbidden to be commanded here', async () => {
  const { heard, nth } = watch();
  writeFileSync(path, 'commands: { forbidden: all }\n');
  await nth(1);
  expect(heard[0]).toEqual({ values: {}, lock: [], commands: { forbidden: 'all' } });
});

it('a file that means nothing changes nothing, and is named once', () => {
  writeFileSync(path, 'log_level: debug\n');
  const { heard, look, lines } = watch();
  for (const text of ['log_level: [\n', 'log_level: loud\n']) {
    writeFileSync(path, text);
    look();
    look();
  }
  expect(heard).toEqual([]);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('log_level');
  writeFileSync(path, 'log_level: debug # as before\n');
  look();
  expect(heard).toEqual([]);
});

it('hears of a file that meant nothing at first and is mended', () => {
  writeFileSync(path, 'telepathy: true\n');
  const { heard, look } = watch();
  writeFileSync(path, 'lock: [server.addresses]\n');
  look();
  expect(heard).toEqual([{ values: {}, lock: ['server.addresses'] }]);
});

it('a file that is gone lifts nothing, and says so once', () => {
  writeFileSync(path, 'commands: { forbidden: all }\nlock: [server.addresses]\n');
  const { heard, look, lines } = watch();
  rmSync(path);
  look();
  look();
  expect(heard).toEqual([]);
  expect(lines).toEqual([expect.stringContaining('is gone; what it said before still counts')]);
  writeFileSync(path, '{}\n');
  look();
  expect(heard).toEqual([{ values: {}, lock: [] }]);
});

it('an empty file lifts nothing: whoever writes it anew may do so in two steps', () => {
  writeFileSync(path, 'commands: { forbidden: all }\n');
  const { heard, look, lines } = watch();
  writeFileSync(path, '');
  look();
  expect(heard).toEqual([]);
  expect(lines).toHaveLength(1);
  writeFileSync(path, 'log_level: debug\n');
  look();
  expect(heard).toEqual([{ values: { log: { level: 'debug' } }, lock: [] }]);
});

it.skipIf(process.getuid?.() === 0)('a file that cannot be read: likewise', () => {
  writeFileSync(path, 'log_level: debug\n');
  const { heard, look, lines } = watch();
  chmodSync(path, 0);
  look();
  expect(heard).toEqual([]);
  expect(lines[0]).toContain('cannot read');
});

it('what the command line says is locked: the next start says it again', () => {
  writeFileSync(path, 'log_level: debug\n');
  const own = ownOf({ logLevel: 'error', discoveryInterfaces: ['all'] }, readSettings(folder));
  expect(own).toEqual({
    values: { discovery: { interfaces: ['all'] }, log: { level: 'error' } },
    lock: ['log.level', 'discovery.interfaces'],
  });
});

it('hears of other tags, each once and without the space around it; they are no value of the server’s', async () => {
  const { heard, nth } = watch();
  writeFileSync(path, 'tags: [ "env:prod", "rack:12", " env:prod " ]\n');
  await nth(1);
  writeFileSync(path, '# no tags any more\n');
  await nth(2);
  expect(heard).toEqual([
    { values: {}, lock: [], tags: ['env:prod', 'rack:12'] },
    { values: {}, lock: [] },
  ]);
});

it('its way to the server is the owner’s to decide, as a whole', () => {
  writeFileSync(path, 'proxy: http://proxy.test:3128\n');
  expect(ownOf({}, readSettings(folder))).toEqual({
    values: { server: { proxy: 'http://proxy.test:3128' } },
    lock: ['server.proxy', 'server.proxy_user', 'server.proxy_password'],
  });
});

it('takes out what is put back, in both spellings, and leaves the rest as somebody wrote it', () => {
  writeFileSync(
    path,
    '# ours\nlog_level: debug\nlog: { level: debug }\nheartbeat:\n  interval_seconds: 9 # quick\n  ping_seconds: 30\nserver: https://a.test:6443\n',
  );
  forgetLocal(folder, ['log.level', 'heartbeat.interval_seconds', 'server.addresses', 'discovery.interfaces']);
  expect(readFileSync(path, 'utf8')).toBe('heartbeat:\n  ping_seconds: 30\nserver: https://a.test:6443\n');
  forgetLocal(folder, ['heartbeat.ping_seconds']);
  expect(readSettings(folder)).toEqual({ server: 'https://a.test:6443' });
});

it.each([
  ['the one that is confirmed', 'server: https://a.test', {}, undefined],
  ['another one', 'server: https://b.test', {}, ['https://b.test:6443']],
  [
    'one more',
    'servers: ["https://a.test:6443", "https://b.test"]',
    {},
    ['https://a.test:6443', 'https://b.test:6443'],
  ],
  ['the same in other words', 'servers: ["https://A.test"]', {}, undefined],
  [
    'another one, but each start names one',
    'server: https://b.test',
    { server: new URL('https://a.test:6443') },
    undefined,
  ],
  ['another one that was found', 'server: https://b.test\nserver_found: it answered', {}, undefined],
])('where the server is, agent.yaml says %s', (_what, text, given, expected) => {
  writeFileSync(path, `${text}\n`);
  const local = localOf(ownOf(given, readSettings(folder)), { server: { addresses: ['https://a.test:6443'] } });
  expect(local.get('server.addresses')).toEqual(expected);
});

it('of which nobody wants anything, it says nothing of where the server is', () => {
  writeFileSync(path, 'server: https://b.test\n');
  expect(localOf(ownOf({}, readSettings(folder)), {}).size).toBe(0);
});
