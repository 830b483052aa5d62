import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { addAddress, lose, makeLan, removeAddress, whyNoLan, type Lan } from '../lan';
import { startProgram, type Program } from '../start-process';

const missing = whyNoLan();
test.skip(missing !== null, missing ?? '');

let lan: Lan;
let otherLan: Lan | undefined;
let folder: string;
let programs: Program[];

test.beforeEach(async () => {
  [lan, folder, programs] = [makeLan(), await mkdtemp(join(tmpdir(), 'sysmanage-e2e-lan-')), []];
});

test.afterEach(async ({}, testInfo) => {
  await Promise.all(programs.map((program) => program.stop()));
  if (testInfo.status !== testInfo.expectedStatus) {
    for (const [index, program] of programs.entries())
      await testInfo.attach(`program ${index}`, { body: program.output() });
  }
  lan.close();
  otherLan?.close();
  otherLan = undefined;
  await rm(folder, { recursive: true });
});

function start(file: string, args: string[], env: Record<string, string>, namespace: string): Program {
  const program = startProgram(file, args, env, namespace);
  programs.push(program);
  return program;
}

/** A server that speaks to its network; resolves when it does. */
async function startServer(namespace: string, more: Record<string, string> = {}) {
  const env = {
    ...more,
    SYSMANAGE_DATA_DIR: join(folder, namespace),
    SYSMANAGE_DISCOVERY_INTERFACES: 'all',
    SYSMANAGE_DISCOVERY_ANNOUNCE_SECONDS: '1',
  };
  const server = start('server/sysmanage.js', ['serve', '--no-local-agent'], env, namespace);
  await server.printed(/agents of these networks are told/);
  return server;
}

const startAgent = (namespace: string, ...args: string[]) =>
  start('agent/sysmanage-agent.cjs', ['--state-dir', join(folder, namespace), '--service', ...args], {}, namespace);

test('three machines that know nothing find the server of their network', async () => {
  const server = await startServer(lan.join('10.99.0.1/24'));
  const agents = [2, 3, 4].map((host) => startAgent(lan.join(`10.99.0.${host}/24`)));
  for (const agent of agents) {
    const [, table] = await agent.printed(/(found 1 of 1: .*)/);
    expect(table).toMatch(
      /port 6443, CA [0-9a-f]{64}: \d+ points \(speaks TLS \(\+200\), on the same subnet \(\+100\), in a private network \(\+50\)/,
    );
    await agent.printed(/waiting for an administrator/);
  }
  expect(server.output()).not.toContain('"level":50');
});

test('where there is no IPv4, too', async () => {
  await startServer(lan.join('fd99::1/64'));
  const agent = startAgent(lan.join('fd99::2/64'));
  await agent.printed(/found 1 of \d: .* at fe80::[0-9a-f:]+%eth0/);
  await agent.printed(/waiting for an administrator/);
});

test('of two servers a machine with a pin meets its own alone', async () => {
  // It stands nearer: in a private network, as whoever wants to be taken first would.
  const rogue = await startServer(lan.join('10.99.0.1/24'));
  const ours = lan.join('203.0.113.2/24');
  await startServer(ours);
  const pin = await pinOf(ours);
  const [, best] = await startAgent(lan.join('10.99.0.3/24', '203.0.113.3/24')).printed(/found 1 of 2: (.*)/);
  expect(best, 'whoever trusts nobody yet takes what is nearest').toContain('at 10.99.0.1, port 6443');
  expect(best).not.toContain(pin);

  const agent = startAgent(lan.join('10.99.0.4/24', '203.0.113.4/24'), '--ca-pin', pin);
  await agent.printed(new RegExp(`found 1 of 1: .*CA ${pin}: .*its CA is trusted \\(\\+1000\\)`));
  await agent.printed(/waiting for an administrator/);
  expect(rogue.output()).not.toContain('10.99.0.4');
});

test('a machine with two interfaces finds the servers of both networks, where one packet of five is lost', async () => {
  otherLan = makeLan();
  const [near, far] = [lan.join('10.99.0.1/24'), otherLan.join('10.98.0.1/24')];
  for (const server of [near, far]) lose(server, { percent: 20, delayMs: 20 });
  await Promise.all([startServer(near), startServer(far)]);
  const both = lan.join('10.99.0.2/24');
  otherLan.plug(both, '10.98.0.2/24');
  const agent = startAgent(both);
  await agent.printed(/found [12] of 2: .* at 10\.99\.0\.1,/);
  await agent.printed(/found [12] of 2: .* at 10\.98\.0\.1,/);
  await agent.printed(/waiting for an administrator/);
});

test('a server that gets another address is heard, and found there again', async () => {
  const namespace = lan.join('10.99.0.1/24');
  await startServer(namespace, { SYSMANAGE_CERTIFICATES_NAMES: '10.99.0.50' });
  const machine = lan.join('10.99.0.2/24');
  const first = startAgent(machine);
  await first.printed(/waiting for an administrator/);
  addAddress(namespace, '10.99.0.50/24');
  await first.printed(/our server says that it is also at .*10\.99\.0\.50:6443/);
  await first.stop();
  removeAddress(namespace, '10.99.0.1/24');
  const settings = await readFile(join(folder, machine, 'agent.yaml'), 'utf8');
  expect(settings).toContain('https://10.99.0.50:6443');
  // From its file alone: it looks for nobody, and the address that it knew first is gone.
  await startAgent(machine).printed(/waiting for an administrator/);
});

/** Of the CA that the server in that namespace has made. */
async function pinOf(namespace: string): Promise<string> {
  const authority = new X509Certificate(await readFile(join(folder, namespace, 'certs/ca.crt')));
  return createHash('sha256')
    .update(authority.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
