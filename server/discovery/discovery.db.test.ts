import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { writeRequest, type Message, type Request } from '../../agent/discovery/message';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- ports that nobody has
import { freePorts } from '../../agent/discovery/testing';
import { discoveryBeacons } from '../../db/schema';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { temporaryFolder } from '../certificates/testing';
import { administratorOf, testServices } from '../testing';
import { keepBeacon } from './keep-beacon';
import { createSightings } from './sightings';

/** A server whose processes have a beacon on a port of the test's own, on loopback. */
async function setUp() {
  const { beacon: port, announcements } = await freePorts();
  const services = await testServices({
    SYSMANAGE_DISCOVERY_PORT: String(port),
    SYSMANAGE_DISCOVERY_ANNOUNCEMENT_PORT: String(announcements),
  });
  const directory = await temporaryFolder();
  const certificate = await ensureServerCertificate(services.authority, { directory, names: ['localhost'] });
  const served = { certificate: () => certificate, apiPort: 6443, webPort: 7443, lookMs: 50 };
  const startProcess = () => {
    const kept = keepBeacon(services, served, 50);
    onTestFinished(() => kept.stop());
    return kept;
  };
  const admin = await administratorOf(services);
  const states = async () => (await admin.discovery.get({})).beacons.map(({ state }) => state).sort();
  return { services, port, admin, startProcess, states };
}

const request = (changes: Partial<Request> = {}) =>
  ({ hostname: 'web-01', platform: 'linux', timestamp: Date.now(), ...changes }) as Request;

test('what people see of beacons is true of every process, through the end of one and a switch', async () => {
  const { admin, services, startProcess, states } = await setUp();
  const first = startProcess();
  await expect.poll(states).toEqual(['listening']);
  startProcess();
  await expect.poll(states).toEqual(['listening', 'waiting']);
  const { beacons } = await admin.discovery.get({});
  expect(beacons.find(({ state }) => state === 'waiting')!.fault).toContain('EADDRINUSE');
  expect(beacons.find(({ state }) => state === 'listening')!.places[0]).toContain('127.0.0.1');
  await first.stop();
  await expect.poll(states).toEqual(['listening']);

  await admin.discovery.switch({ to: 'off' });
  await expect.poll(states).toEqual(['off']);
  await expect(admin.discovery.switch({ to: 'off' })).rejects.toMatchObject({ appCode: 'discovery.already' });
  // One that starts while it is off finds it so, and never listens.
  const late = startProcess();
  await expect.poll(states).toEqual(['off', 'off']);
  await late.stop();
  await admin.discovery.switch({ to: 'on' });
  await expect.poll(states).toEqual(['listening']);
  expect(await admin.discovery.get({})).toMatchObject({ isOn: true, changedBy: 'admin@example.com' });

  // One that died said nothing of it.
  await services.db
    .insert(discoveryBeacons)
    .values({
      ...{ id: '01890000-0000-7000-8000-00000000dead', machine: 'dead', state: 'listening', places: [], counts: {} },
      beatAt: new Date(Date.now() - 60_000),
    });
  expect(await states()).toEqual(['listening']);
});

test('a machine that asks is shown with its time, name and address, and what became of it', async () => {
  const { admin, port, startProcess, states } = await setUp();
  startProcess();
  await expect.poll(states).toEqual(['listening']);
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const ask = (hostname: string, timestamp: number) =>
    new Promise((resolve) => {
      const asked = { hostname, platform: 'linux', nonce: 'n'.repeat(22), timestamp, request_config: true };
      socket.send(writeRequest(asked), port, '127.0.0.1', resolve);
    });
  await ask('web-01', Date.now());
  await ask('web-01', Date.now());
  await ask('late-01', Date.now() - 3_600_000);
  const seen = async () =>
    (await admin.discovery.get({})).requests.map(({ hostname, address, outcome, asked }) =>
      [hostname, address, outcome, asked].join(' '),
    );
  await expect
    .poll(async () => (await seen()).sort())
    .toEqual(['late-01 127.0.0.1 clock 1', 'web-01 127.0.0.1 answered 2']);
  const { requests } = await admin.discovery.get({ search: 'LATE' });
  expect(requests).toHaveLength(1);
  expect(Math.round(requests[0]!.aheadSeconds / 60)).toBe(-60);
  expect((await admin.discovery.get({ search: '_' })).requests).toEqual([]);
});

test('what is noted is bounded between two writes and in the table, where the latest stay', async () => {
  const { services, admin } = await setUp();
  const sightings = createSightings(services.db);
  for (let round = 0; round < 12; round++) {
    for (let number = 0; number < 150; number++) {
      sightings.asked(request({ hostname: `h${round}-${number}` }), '192.0.2.7', 'answered');
      const server_info = { ca_pin: 'ab'.repeat(32), hostname: `s${round}-${number}`, api_port: 6443, addresses: [] };
      sightings.heard({ server_info } as unknown as Message, '192.0.2.8');
    }
    sightings.asked(request({ hostname: `h${round}-0` }), '192.0.2.7', 'answered');
    await sightings.write();
  }
  const { rows } = await services.db.execute<{ requests: number; servers: number }>(
    'select (select count(*)::int from discovery_request) requests, (select count(*)::int from discovery_server) servers',
  );
  expect(rows[0]!.requests).toBeLessThanOrEqual(1000 + 100);
  expect(rows[0]!.servers).toBeLessThanOrEqual(100 + 20);
  const { requests, servers } = await admin.discovery.get({});
  expect(requests).toHaveLength(200);
  expect(requests[0]!.hostname).toMatch(/^h11-/);
  expect(requests.find(({ hostname }) => hostname === 'h11-0')).toMatchObject({ asked: 2 });
  expect(servers[0]).toMatchObject({ isOurs: false, hostname: expect.stringMatching(/^s11-/) });
});
