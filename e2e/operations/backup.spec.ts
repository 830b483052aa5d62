import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { openDatabase } from '../../db/open-database';
import { auditRecords, certificates } from '../../db/schema';
import { cloneDatabase } from '../../db/testing-postgresql';
import { readTemplate } from '../make-template';
import { administrator, ask, call } from '../people';
import { temporary } from '../shared-server';
import { startProgram, type Program } from '../start-process';
import { ADMIN_ENVIRONMENT, startServer, type Server } from '../start-server';

const SYSMANAGE = join(import.meta.dirname, '../../build/server/sysmanage.js');

/** `sysmanage …` with these settings: its answer. */
async function sysmanage(env: Record<string, string>, ...args: string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [SYSMANAGE, ...args, '--json'], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, `${args.join(' ')}: ${output}${complaint}`).toBe(0);
  return JSON.parse(output) as Record<string, unknown>;
}

/** What must not get lost: the number of each certificate, and how many records the audit log has. */
async function kept(directory: string, url: string | undefined) {
  const database = await openDatabase({ directory, ...(url && { url }) });
  try {
    const rows = await database.db.select({ serial: certificates.serial }).from(certificates);
    return { serials: rows.map(({ serial }) => serial).sort(), records: await database.db.$count(auditRecords) };
  } finally {
    await database.close();
  }
}

/** The keys and certificates in the folder of an agent. */
async function pairIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => /\.(key|crt)$/.test(name)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  ) as Record<string, string>;
}

const figures = async ({ url }: Server) => (await fetch(`${url}/metrics`)).text();
const saysSoon = ({ server, figure }: { server: Server; figure: string }) =>
  expect.poll(() => figures(server), { timeout: 60_000 }).toContain(`\n${figure}\n`);

test('a machine is lost, and another that has its backup finds its agents untouched, be its database another', async () => {
  test.setTimeout(300_000);
  const [lost, elsewhere] = [await temporary('machine'), await temporary('elsewhere')];
  const [dataDir, settings] = [join(lost, 'data'), join(lost, 'sysmanage.yaml')];
  const secret = async (name: string) => {
    await writeFile(join(elsewhere, name), 'a passphrase of some length\n', { mode: 0o600 });
    return join(elsewhere, name);
  };
  const passphrase = ['--passphrase-file', await secret('passphrase')];
  const ofAuthority = await secret('of-the-ca');
  await writeFile(settings, `certificates: { passphrase_file: ${ofAuthority}, client_days: 45 }\n`, { mode: 0o600 });
  const database = await cloneDatabase(readTemplate().postgresql, 'template1');
  const [embedded, postgresql] = [
    { SYSMANAGE_CONFIG: settings, SYSMANAGE_DATA_DIR: dataDir },
    { SYSMANAGE_CONFIG: settings, SYSMANAGE_DATA_DIR: dataDir, DATABASE_URL: database.url },
  ];
  const running: Program[] = [];
  const people: APIRequestContext[] = [];
  const start = async (env: Record<string, string>, before?: Server) => {
    const port = before ? new URL(before.agentsUrl).port : '0';
    const server = await startServer({ dataDir, env: { ...env, SYSMANAGE_API_PORT: port } });
    running.push(server);
    return server;
  };
  const startAgent = async (name: string) => {
    const stateDir = join(elsewhere, name);
    await mkdir(stateDir, { mode: 0o700 });
    const args = ['--server', first.agentsUrl, '--state-dir', stateDir];
    running.push(startProgram('agent/sysmanage-agent.cjs', args));
    return stateDir;
  };
  /** Loses all that a server had, and puts its backup into what another machine has. */
  const restore = async (server: Server, file: string, env: Record<string, string>, url?: string) => {
    expect(await server.stop(), server.output()).toBe(0);
    const before = await kept(dataDir, url);
    await rm(lost, { recursive: true });
    expect(await sysmanage(env, 'restore', file, ...passphrase)).toMatchObject({
      settings: { inForce: settings, ofBackup: settings },
      tables: { host: 2 },
    });
    expect(await sysmanage(env, 'config', 'show')).toMatchObject({
      'certificates.client_days': { value: 45, from: settings },
    });
    expect(await readFile(join(dataDir, 'certs/ca.key'), 'utf8')).toContain('ENCRYPTED');
    expect(await sysmanage(env, 'audit', 'verify')).toMatchObject({ isWhole: true });
    return before;
  };

  const first = await start({ ...embedded, ...ADMIN_ENVIRONMENT });
  try {
    const [one, other] = [await startAgent('one'), await startAgent('other')];
    const admin = await administrator(first);
    people.push(admin);
    // They are one machine, so that the second one needs another name.
    await saysSoon({ server: first, figure: 'sysmanage_hosts{state="conflict"} 1' });
    const { hosts } = await ask<{ hosts: { id: string; state: string }[] }>(admin, first, 'hosts.waiting', {});
    const idOf = (state: string) => hosts.find((host) => host.state === state)!.id;
    await call(admin, first, 'hosts.approve', { hostId: idOf('pending') });
    await call(admin, first, 'hosts.approve', { hostId: idOf('conflict'), fqdn: 'other.example.com' });
    await saysSoon({ server: first, figure: 'sysmanage_agents_connected 2' });
    const held = [await pairIn(one), await pairIn(other)];

    const file = join(elsewhere, 'backup');
    await sysmanage(embedded, 'backup', file, ...passphrase); // while the server runs
    const before = await restore(first, file, postgresql);
    expect(before.serials).toHaveLength(2);
    expect(await kept(dataDir, database.url)).toEqual(before);
    const second = await start(postgresql, first);
    await saysSoon({ server: second, figure: 'sysmanage_agents_connected 2' });
    expect(await figures(second)).toMatch(/^sysmanage_hosts\{state="up"\} 2$/m);
    expect([await pairIn(one), await pairIn(other)]).toEqual(held);

    await sysmanage(postgresql, 'backup', file, ...passphrase);
    // What comes after it is not in it: a person decides on the machine that has renewed.
    const again = await administrator(second);
    people.push(again);
    await call(again, second, 'hosts.rotateCertificate', { hostIds: [idOf('pending')] });
    const renewed = async () =>
      [await pairIn(one), await pairIn(other)].filter((pair, i) => pair['client.crt'] !== held[i]!['client.crt'])
        .length;
    await expect.poll(renewed).toBe(1);
    const { serials } = await restore(second, file, embedded, database.url);
    const back = await kept(dataDir, undefined);
    expect(back.serials).toEqual(before.serials);
    expect(serials).toEqual(expect.arrayContaining(back.serials));
    const third = await start(embedded, first);
    await saysSoon({ server: third, figure: 'sysmanage_agents_connected 1' });
    await saysSoon({ server: third, figure: 'sysmanage_hosts{state="conflict"} 1' });
  } finally {
    for (const program of running.reverse()) await program.stop();
    for (const person of people) await person.dispose();
    await database.drop();
    for (const folder of [lost, elsewhere]) await rm(folder, { recursive: true, force: true });
  }
});
