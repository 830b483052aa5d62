import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makeLan, whyNoLan, type Lan } from './lan';
import { startProgram, type Program } from './start-process';

const missing = whyNoLan();
test.skip(missing !== null, missing ?? '');

let lan: Lan;
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
  await rm(folder, { recursive: true });
});

function start(file: string, args: string[], env: Record<string, string>, namespace: string): Program {
  const program = startProgram(file, args, env, namespace);
  programs.push(program);
  return program;
}

/** A server that speaks to its network; resolves when it does. */
async function startServer(namespace: string) {
  const env = {
    SYSMANAGE_DATA_DIR: join(folder, namespace),
    SYSMANAGE_DISCOVERY_INTERFACES: 'all',
    SYSMANAGE_DISCOVERY_ANNOUNCE_SECONDS: '1',
  };
  const server = start('server/sysmanage.js', ['serve', '--no-local-agent'], env, namespace);
  await server.printed(/agents of these networks are told/);
  return server;
}

const startAgent = (namespace: string, ...args: string[]) =>
  start(
    'agent/sysmanage-agent.cjs',
    ['--state-dir', join(folder, namespace), '--discovery-interfaces', 'all', ...args],
    {},
    namespace,
  );

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
  const rogue = await startServer(lan.join('10.99.0.1/24'));
  const ours = lan.join('10.99.0.2/24');
  await startServer(ours);
  const authority = new X509Certificate(await readFile(join(folder, ours, 'certs/ca.crt')));
  const pin = createHash('sha256')
    .update(authority.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  const [, best] = await startAgent(lan.join('10.99.0.3/24')).printed(/found 2 of 2: (.*)/);
  expect(best, 'whoever trusts nobody yet sees both').toContain('port 6443');

  const agent = startAgent(lan.join('10.99.0.4/24'), '--ca-pin', pin);
  await agent.printed(new RegExp(`found 1 of 1: .*CA ${pin}: .*its CA is trusted \\(\\+1000\\)`));
  await agent.printed(/waiting for an administrator/);
  expect(rogue.output()).not.toContain('10.99.0.4');
});
