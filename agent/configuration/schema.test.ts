import { expect, it } from 'vitest';
import { inForceOf, lockedBy } from './own';
import { configuration, CONFIGURATION_KEYS, documentOf, leavesOf, withoutSecrets } from './schema';
import { explainIssue } from '../../words/explain-issue';
import { inEnglish } from '../../words/say';

const whole = {
  log: { level: 'debug' as const, file: 'agent.log' },
  heartbeat: { interval_seconds: 30, ping_seconds: 20 },
  server: {
    addresses: ['https://a.test:6443', 'https://b.test'],
    proxy: 'http://proxy.test:3128',
    proxy_user: 'agents',
    proxy_password: 'hush',
  },
  discovery: { interfaces: ['eth0'] },
  collectors: { off: ['packages' as const], facts_seconds: 600, most_facts: 1000 },
  commands: { forbidden: ['execute_shell' as const], run_as: ['deploy'], concurrency: 1, output_bytes: 4096 },
};

it('takes a document with every key, and none', () => {
  expect(configuration.parse(whole)).toEqual(whole);
  expect(configuration.parse({})).toEqual({});
  expect([...leavesOf(whole).keys()].sort()).toEqual([...CONFIGURATION_KEYS].sort());
});

it.each([
  [{ logs: {} }, [], 'logs'],
  [{ log: { levle: 'debug' } }, ['log'], 'levle'],
  [{ log: { level: 'loud' } }, ['log', 'level'], 'must be one of'],
  [{ log: { file: '/etc/passwd' } }, ['log', 'file'], 'no name of a log file'],
  [{ log: null }, ['log'], 'mapping'],
  [{ heartbeat: { interval_seconds: 1 } }, ['heartbeat', 'interval_seconds'], '5 or more'],
  [{ heartbeat: { ping_seconds: '20' } }, ['heartbeat', 'ping_seconds'], 'number'],
  [{ server: { addresses: [] } }, ['server', 'addresses'], 'at least 1'],
  [{ server: { addresses: ['http://a.test'] } }, ['server', 'addresses', 0], 'does not start with https'],
  [{ server: { addresses: ['https://a.test/admin'] } }, ['server', 'addresses', 0], 'more than a host and a port'],
  [{ server: { proxy: 'http://a:b@proxy.test' } }, ['server', 'proxy'], 'proxy_password'],
  [{ server: { proxy_user: 'a:b' } }, ['server', 'proxy_user'], 'colon'],
  [{ collectors: { off: ['horoscope'] } }, ['collectors', 'off', 0], 'must be one of'],
  [{ collectors: { facts_seconds: 1 } }, ['collectors', 'facts_seconds'], '60 or more'],
  [{ commands: { forbidden: ['dance'] } }, ['commands', 'forbidden', 0], 'must be one of'],
  [{ discovery: { interfaces: ['/etc'] } }, ['discovery', 'interfaces', 0], 'no name of an interface'],
])('refuses %j and names the key', (document, path, message) => {
  const { error } = configuration.safeParse(document);
  const [issue, ...more] = error!.issues;
  expect(more).toEqual([]);
  expect([issue!.path, inEnglish(explainIssue(issue!))]).toEqual([path, expect.stringContaining(message)]);
});

it('is the same document whatever the order of its keys', () => {
  const turned = Object.fromEntries(Object.entries(whole).reverse());
  expect(JSON.stringify(documentOf(leavesOf(turned)))).toBe(JSON.stringify(documentOf(leavesOf(whole))));
  expect(documentOf(leavesOf(whole))).toEqual(whole);
});

it.each(['__proto__', 'constructor', 'prototype'])(
  'makes no document that changes what %s of every object is',
  (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const document = documentOf(new Map([[`${name}.interpreter`, '/tmp/evil']]));
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(Object).not.toHaveProperty('interpreter');
    expect(({} as { interpreter?: string }).interpreter).toBeUndefined();
    expect(Object.getOwnPropertyNames(document)).toEqual([name]);
  },
);

it('lets the owner of a machine have the last word', () => {
  const own = { values: { log: { level: 'warn' as const } }, lock: ['server.addresses', 'log.level'] };
  expect(lockedBy(own)).toEqual(['log.level', 'server.addresses']);
  expect(inForceOf(whole, own)).toEqual({
    log: { file: 'agent.log', level: 'warn' },
    heartbeat: whole.heartbeat,
    server: { proxy: 'http://proxy.test:3128', proxy_user: 'agents', proxy_password: 'hush' },
    discovery: whole.discovery,
    collectors: whole.collectors,
    commands: whole.commands,
  });
});

it('is shown without its secrets', () => {
  expect(withoutSecrets(whole)).toEqual({ ...whole, server: { ...whole.server, proxy_password: '(secret)' } });
});
