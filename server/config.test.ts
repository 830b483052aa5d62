import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './certificates/testing';
import { ConfigError, environmentForOthers, HelpRequest, loadConfig } from './config';
import type { Environment } from './process/config-sources';

/** A configuration file with this text. */
async function fileWith(text: string, mode = 0o600): Promise<string> {
  const path = join(await temporaryFolder(), 'sysmanage.yaml');
  await writeFile(path, text, { mode });
  return path;
}

/** What is said about a configuration that must not load. */
function mistakesIn(args: string[], env: Environment = {}): string[] {
  try {
    loadConfig(args, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  throw new Error('it loaded');
}

const mistakesInFile = async (text: string) => mistakesIn(['--config', await fileWith(text)]);

test('nothing configured: embedded, in ./data, pages on loopback', () => {
  const config = loadConfig([], {});
  expect(config).toMatchObject({
    data_dir: resolve('data'),
    certificates: { path: resolve('data/certs'), names: [], client_days: 90 },
    api_port: 6443,
    frontend_host: '127.0.0.1',
    frontend_port: 3000,
    local_agent: true,
    heartbeat: { interval_seconds: 30, ping_seconds: 20, grace_seconds: 60 },
    metrics: { raw_hours: 24, minute_days: 7, ten_minute_days: 30, hour_days: 400 },
    admin: {},
    dev: false,
  });
  expect(config).not.toHaveProperty('database_url');
  expect(config).not.toHaveProperty('api_host');
});

test('a certificate for the pages opens 7443 to every address', () => {
  const config = loadConfig([], { SYSMANAGE_TLS_CERT: 'web.crt', SYSMANAGE_TLS_KEY: 'web.key' });
  expect(config).toMatchObject({ frontend_host: '::', frontend_port: 7443, tls: { cert: 'web.crt', key: 'web.key' } });
});

test('the environment wins over the file, the command line over both', async () => {
  const file = await fileWith('api_port: 1001\nfrontend_port: 1002\nlocal_agent: true\nlog: {level: warn}\n');
  const env = { SYSMANAGE_CONFIG: file, SYSMANAGE_FRONTEND_PORT: '2002', SYSMANAGE_LOCAL_AGENT: 'true' };

  expect(loadConfig([], env)).toMatchObject({
    api_port: 1001,
    frontend_port: 2002,
    local_agent: true,
    log: { level: 'warn' },
  });
  expect(loadConfig(['--no-local-agent'], env).local_agent).toBe(false);
  const other = await fileWith('api_port: 3001\n');
  expect(loadConfig(['--config', other], env)).toMatchObject({ api_port: 3001, frontend_port: 2002 });
});

test('dots of a key are underscores of its variable, which becomes what the key wants', async () => {
  const file = await fileWith('heartbeat: {ping_seconds: 7}\ncertificates:\n');
  const config = loadConfig(['--config', file], {
    SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '2.5',
    SYSMANAGE_CERTIFICATES_NAMES: ' sysmanage.example.com, 192.0.2.7 ,',
    SYSMANAGE_COMMANDS_OUTPUT_BYTES: '2048',
    SYSMANAGE_LOCAL_AGENT: 'false',
    SYSMANAGE_DATA_DIR: 'elsewhere',
  });
  expect(config.heartbeat).toMatchObject({ interval_seconds: 2.5, ping_seconds: 7 });
  expect(config.commands).toEqual({ output_bytes: 2048, keep_days: 90 });
  expect(config.certificates).toMatchObject({
    names: ['sysmanage.example.com', '192.0.2.7'],
    path: resolve('elsewhere/certs'),
  });
  expect(config.local_agent).toBe(false);
});

test('what looks like a number stays text where text is wanted', () => {
  const config = loadConfig([], {
    SYSMANAGE_ADMIN_EMAIL: 'admin@example.com',
    SYSMANAGE_ADMIN_PASSWORD: '000123456789',
    SYSMANAGE_SECRET_KEY: '0'.repeat(32),
  });
  expect(config.admin.password).toBe('000123456789');
  expect(config.secret_key).toBe('0'.repeat(32));
});

test('DATABASE_URL is honoured, and SYSMANAGE_DATABASE_URL wins over it', () => {
  expect(loadConfig([], { DATABASE_URL: 'postgres://a/b' }).database_url).toBe('postgres://a/b');
  const both = { DATABASE_URL: 'postgres://a/b', SYSMANAGE_DATABASE_URL: 'postgresql://c/d' };
  expect(loadConfig([], both).database_url).toBe('postgresql://c/d');
  expect(mistakesIn([], { DATABASE_URL: 'mysql://a/b' })).toEqual(['DATABASE_URL: must be a postgres:// address']);
});

test('an unknown key is named with what was probably meant', async () => {
  expect(await mistakesInFile('api_prot: 1\nlog:\n  levle: info\nzebra_stripes: 3\n')).toEqual([
    'log.levle: no such setting; did you mean log.level?',
    'api_prot: no such setting; did you mean api_port?',
    'zebra_stripes: no such setting; remove it or correct its name',
  ]);
});

test('so is an unknown variable', () => {
  expect(mistakesIn([], { SYSMANAGE_API_PROT: '1', SYSMANAGE_ZEBRA: 'hunter2', PATH: '/bin' })).toEqual([
    'SYSMANAGE_API_PROT: no such setting; did you mean SYSMANAGE_API_PORT?',
    'SYSMANAGE_ZEBRA: no such setting; remove it or correct its name',
  ]);
});

describe('a value of the wrong kind is named where it was set', () => {
  test.each([
    ['SYSMANAGE_API_PORT', 'http'],
    ['SYSMANAGE_API_PORT', ''],
    ['SYSMANAGE_API_PORT', '70000'],
    ['SYSMANAGE_API_PORT', '1.5'],
    ['SYSMANAGE_API_PORT', 'Infinity'],
    ['SYSMANAGE_LOCAL_AGENT', 'yes'],
    ['SYSMANAGE_LOG_LEVEL', 'loud'],
    ['SYSMANAGE_HEARTBEAT_PING_SECONDS', '0'],
    ['SYSMANAGE_SECRET_KEY', 'short'],
    ['SYSMANAGE_DATA_DIR', ''],
  ])('%s=%s', (variable, text) => {
    expect(mistakesIn([], { [variable]: text })).toEqual([expect.stringMatching(new RegExp(`^${variable}: \\S`))]);
  });

  test.each([
    ['api_port: "6443"', 'api_port'],
    ['local_agent: "true"', 'local_agent'],
    ['log: debug', 'log'],
    ['certificates: {names: web.example.com}', 'certificates.names'],
    ['certificates: {names: [1]}', 'certificates.names.0'],
    ['admin: {email: admin@example.com, password: 123456789012}', 'admin.password'],
  ])('%s', async (text, key) => {
    expect(await mistakesInFile(text)).toEqual([expect.stringMatching(new RegExp(`^${key}: \\S`))]);
  });
});

describe('contradictions', () => {
  test.each([
    [{ SYSMANAGE_TLS_CERT: 'web.crt' }, /^tls\.cert and tls\.key belong together/],
    [{ SYSMANAGE_ADMIN_EMAIL: 'admin@example.com' }, /^admin\.email and admin\.password belong together/],
    [{ SYSMANAGE_FRONTEND_HOST: '0.0.0.0' }, /^frontend_host: without a certificate/],
  ])('%o', (env, mistake) => {
    expect(mistakesIn([], env)).toEqual([expect.stringMatching(mistake)]);
  });

  test('loopback needs no certificate', () => {
    for (const host of ['localhost', '127.0.0.1', '::1'])
      expect(loadConfig([], { SYSMANAGE_FRONTEND_HOST: host }).frontend_host).toBe(host);
  });
});

test('every mistake is told at once', async () => {
  const file = await fileWith('api_prot: 1\napi_port: many\n', 0o644);
  const mistakes = mistakesIn(['--config', file], { SYSMANAGE_LOG_LEVEL: 'loud', SYSMANAGE_LGO_LEVEL: 'info' });
  expect(mistakes.map((line) => line.slice(0, line.indexOf(':'))).sort()).toEqual(
    [file, 'SYSMANAGE_LGO_LEVEL', 'SYSMANAGE_LOG_LEVEL', 'api_port', 'api_prot'].sort(),
  );
});

describe('the file', () => {
  test.skipIf(process.platform === 'win32')('must not be readable by everyone', async () => {
    const file = await fileWith('api_port: 1\n', 0o644);
    expect(mistakesIn(['--config', file])).toEqual([
      `${file}: everyone on this machine can read it; run: chmod 600 ${file}`,
    ]);
  });

  test.each([[0o600], [0o640], [0o400]])('may have mode %o', async (mode) => {
    expect(loadConfig(['--config', await fileWith('api_port: 1\n', mode)]).api_port).toBe(1);
  });

  test('may be empty, or all comments', async () => {
    expect(loadConfig(['--config', await fileWith('')], {}).api_port).toBe(6443);
    expect(loadConfig(['--config', await fileWith('# api_port: 1\n')], {}).api_port).toBe(6443);
  });

  test.each(['--config', 'SYSMANAGE_CONFIG'])('named by %s must be there', async (by) => {
    const file = join(await temporaryFolder(), 'missing.yaml');
    const mistakes = by === '--config' ? mistakesIn([by, file]) : mistakesIn([], { [by]: file });
    expect(mistakes).toEqual([expect.stringMatching(new RegExp(`^${file}: ENOENT`))]);
  });

  test('must be a file', async () => {
    const folder = join(await temporaryFolder(), 'folder');
    await mkdir(folder, { mode: 0o700 });
    expect(mistakesIn(['--config', folder])).toEqual([expect.stringMatching(/: EISDIR/)]);
  });

  test('must not be enormous', async () => {
    const [mistake] = await mistakesInFile(`# ${'x'.repeat(1024 * 1024)}\n`);
    expect(mistake).toMatch(/: is larger than 1,048,576 bytes$/);
  });

  test.each([
    ['text', 'just words'],
    ['a list', '- api_port\n- 1\n'],
    ['broken', 'log: {level: info\n'],
    ['two documents', 'api_port: 1\n---\napi_port: 2\n'],
    ['a key twice', 'api_port: 1\napi_port: 2\n'],
  ])('must be one YAML mapping: %s', async (_what, text) => {
    const file = await fileWith(text);
    expect(mistakesIn(['--config', file])).toEqual([expect.stringMatching(new RegExp(`^${file}: \\S[^\\n]+$`))]);
  });
});

describe('a hostile file', () => {
  test('a billion laughs', async () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'])
      levels.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`);
    expect(await mistakesInFile(levels.join('\n'))).toEqual([expect.stringMatching(/sysmanage\.yaml: .*alias/)]);
  });

  test.each([
    '__proto__: {local_agent: false}',
    'log: {__proto__: {level: debug}}',
    'constructor: {prototype: {dev: true}}',
  ])('%s', async (text) => {
    expect(await mistakesInFile(text)).toEqual([expect.stringMatching(/^\S*(__proto__|constructor): no such setting/)]);
    expect({}).not.toHaveProperty('level');
    expect({}).not.toHaveProperty('dev');
  });
});

describe('no line repeats a secret', () => {
  // Each is a way to mistype a password that begins with what means something to YAML.
  test.each([
    '*hunter2',
    '!hunter2 x',
    '!!int hunter2',
    '|2hunter2',
    '@hunter2',
    '"hunter2',
    '"\\xhunter2"',
    '{hunter2',
    '&hunter2 &b x',
    'x: hunter2',
  ])('password: %s', async (password) => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => warnings.push(String(warning));
    process.on('warning', onWarning);
    const mistakes = await mistakesInFile(`admin:\n  email: admin@example.com\n  password: ${password}\n`);
    await new Promise(setImmediate); // Node tells of warnings in a later turn
    process.off('warning', onWarning);
    expect(mistakes).toEqual([expect.stringMatching(/ line \d|alias|admin\.password/)]);
    expect([...mistakes, ...warnings].join()).not.toMatch(/hunter2|\\xhu/);
  });

  test('in the file or in a variable', async () => {
    const file = await fileWith(
      'database_url: mysql://me:hunter2@db/x\nsecret_key: hunter2\nadmin: {email: hunter2, password: hunter2}\n',
    );
    const env = { SYSMANAGE_TLS_CERT: 'hunter2', SYSMANAGE_LOG_FORMAT: 'hunter2', SYSMANAGE_PASSWORD: 'hunter2' };
    const mistakes = mistakesIn(['--config', file], env);
    expect(mistakes.length).toBeGreaterThan(4);
    expect(mistakes.join()).not.toContain('hunter2');
  });
});

test('the command line: help, and what it does not know', () => {
  expect(() => loadConfig(['--help'], {})).toThrow(HelpRequest);
  expect(mistakesIn(['--local-agent'])).toEqual([
    expect.stringMatching(/^command line: Unknown option '--local-agent'/),
  ]);
  expect(mistakesIn(['--config'])).toEqual([expect.stringMatching(/^command line: .*--config/)]);
});

test('a program that we start gets none of our secrets', () => {
  const secrets = {
    SYSMANAGE_ADMIN_PASSWORD: 'hunter2',
    SYSMANAGE_SECRET_KEY: 'hunter2',
    DATABASE_URL: 'hunter2',
    PGPASSWORD: 'hunter2',
  };
  expect(environmentForOthers({ NODE_ENV: 'test', PATH: '/bin', LANG: 'C', ...secrets })).toEqual({
    NODE_ENV: 'test',
    PATH: '/bin',
    LANG: 'C',
  });
});

test('to agents that find the server nothing is suggested that could do harm', () => {
  const suggested = (name: string, text: string) => ({ [`SYSMANAGE_DISCOVERY_DEFAULT_CONFIG_${name}`]: text });
  const { discovery } = loadConfig([], { ...suggested('LOG_LEVEL', 'debug'), ...suggested('LOOK_SECONDS', '60') });
  expect(discovery.default_config).toEqual({ log_level: 'debug', look_seconds: 60 });
  expect(mistakesIn([], suggested('LOG_LEVEL', 'error'))).toEqual([
    expect.stringContaining('SYSMANAGE_DISCOVERY_DEFAULT_CONFIG_LOG_LEVEL: '),
  ]);
  expect(mistakesIn([], suggested('SERVER', 'https://x'))).toEqual([expect.stringContaining('no such setting')]);
});
