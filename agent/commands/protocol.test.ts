import { describe, expect, it } from 'vitest';
import { inboxItem, MAX_FRAME_BYTES } from '../protocol';
import { command } from './command-kinds';
import {
  cancelItem,
  COMMANDS_PER_ITEM,
  commandAbilities,
  commandReport,
  MAX_COMMAND_BYTES,
  MAX_REPORT_BYTES,
  OUTPUT_BYTES_PER_REPORT,
  runUpdate,
  type DueRun,
} from './protocol';

const RUN = '0190a1b2-0000-7000-8000-00000000000a';
/** What tRPC, the sealing and the other fields of a message take, with room to spare. */
const ENVELOPE_BYTES = 4096;

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('what fits into one frame', () => {
  it('an item with the largest command, and one with as many as may be told at once', () => {
    const due = (script: string): DueRun => ({
      runId: RUN,
      command: { kind: 'execute_shell', script },
      timeoutSeconds: 604_800,
      expiresInSeconds: 2_592_000 - 0.123,
    });
    expect(MAX_COMMAND_BYTES).toBeLessThanOrEqual(COMMANDS_PER_ITEM.bytes);
    const envelope = sizeOf(due('')) - sizeOf(due('').command);
    expect(COMMANDS_PER_ITEM.bytes + COMMANDS_PER_ITEM.runs * envelope + ENVELOPE_BYTES).toBeLessThan(MAX_FRAME_BYTES);
  });

  it('an item with as many runs to cancel as it may have', () => {
    const item = { kind: 'cancel', runIds: Array.from({ length: 500 }, () => RUN) };
    expect(cancelItem.safeParse(item).success).toBe(true);
    expect(sizeOf(item) + ENVELOPE_BYTES).toBeLessThan(MAX_FRAME_BYTES);
  });

  it('a report as large as it may be, which is room for all of its output and some updates', () => {
    const updates = [{ runId: RUN, state: 'failed', agoMs: 604_800_000, detail: '\u{1F4A5}'.repeat(500) }];
    const piece = { runId: RUN, stream: 'stdout', offset: 0 };
    const pieces = Array.from({ length: 199 }, () => ({ ...piece, data: 'eA==' }));
    const output = [{ ...piece, data: Buffer.alloc(OUTPUT_BYTES_PER_REPORT - 199).toString('base64') }, ...pieces];
    const report = { updates, output };
    expect(commandReport.safeParse(report).error).toBeUndefined();
    expect(sizeOf(report)).toBeLessThan(MAX_REPORT_BYTES);
    expect(MAX_REPORT_BYTES + ENVELOPE_BYTES).toBeLessThan(MAX_FRAME_BYTES);
  });
});

describe('names', () => {
  const install = (...packages: string[]) => command.safeParse({ kind: 'install_package', packages }).success;
  const act = (service: string) => command.safeParse({ kind: 'restart_service', service, action: 'restart' }).success;

  it.each([
    'openssl',
    'libc6:i386',
    'nginx=1.22.1-9',
    'nginx/bookworm-backports',
    'python3.11-tk',
    'python@3.11',
    'g++',
    'www-servers/nginx',
    '@openbsd/pkg',
    '7zip',
  ])('takes the package %s', (name) => expect(install(name)).toBe(true));

  it.each([
    '',
    '-y',
    'sudo-',
    '--allow-unauthenticated',
    './evil.deb',
    '/tmp/evil.deb',
    ...['tmp/evil.deb', 'evil.deb/stable', 'evil.rpm', 'evil.apk', 'tmp/evil.pkg', 'packages.config', 'evil.rb'],
    ...['https://evil.example/x', 'https://evil.example/x.rpm', 'evil.example:x.tgz', 'evil/tap/x', 'a//b', 'a/../b'],
    'a b',
    'a;b',
    '$(id)',
    'a\nb',
    'ü',
  ])('takes %j for no package', (name) => expect(install('openssl', name)).toBe(false));

  it.each(['nginx', 'getty@tty1', 'dev-disk-by\\x2duuid.swap', 'com.example.agent', 'MSSQL$SQL 2019'])(
    'takes the service %s',
    (name) => expect(act(name)).toBe(true),
  );

  it.each(['', '-H', '--root=/x', '../evil', '/etc/evil.service', 'a;b', 'a\nb'])('takes %j for no service', (name) =>
    expect(act(name)).toBe(false),
  );
});

it('reads the commands that it knows beside one that it does not', () => {
  const run = (known: object) => ({ runId: RUN, timeoutSeconds: 60, expiresInSeconds: 60, command: known });
  const item = { kind: 'commands', runs: [run({ kind: 'teleport', to: 'mars' }), run({ kind: 'list_processes' })] };
  const read = inboxItem.parse(item);
  expect(read).toEqual(item);
  expect(read.kind === 'commands' && read.runs.map((due) => command.safeParse(due.command).success)).toEqual([
    false,
    true,
  ]);
});

it('takes a reason that a newer agent gives for another one', () => {
  expect(runUpdate.parse({ runId: RUN, state: 'failed', agoMs: 0, reason: 'eclipse' })).toMatchObject({
    reason: 'other',
  });
});

it('takes the abilities of an agent that knows more kinds', () => {
  const abilities = {
    able: ['execute_shell', 'teleport'],
    unable: [{ kind: 'install_package', why: 'missing_tool', detail: 'apt-get' }],
    canDryRun: [],
    knowsSecurityUpdates: false,
    whyNotRunAs: 'not_permitted',
    interpreters: ['sh'],
    lock: { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1_048_576 },
  };
  expect(commandAbilities.parse(abilities)).toEqual(abilities);
});
