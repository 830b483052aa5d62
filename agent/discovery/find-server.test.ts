import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Servers } from '../servers';
import { readSettings, serversOf } from '../state/settings';
import { makeAuthority, makeServerIdentity, recordLog, signalOfTest, startTestServer } from '../testing';
import { setUpRun } from '../testing-run';
import { initTRPC } from '@trpc/server';
import { findServer } from './find-server';
import { followServer } from './follow-server';
import { answerAt, freePorts, makeSigner, say } from './testing';

const looking = async (pins: string[] | null = null) => {
  const ports = await freePorts();
  const record = recordLog();
  const options = {
    interfaces: ['loopback'],
    ports,
    pins,
    hostname: 'agent.test',
    platform: 'linux',
    log: record.log,
    signal: signalOfTest(),
    random: () => 0,
  };
  return { ports, options, ...record };
};

async function serve() {
  const authority = await makeAuthority();
  const server = await startTestServer({
    tls: await makeServerIdentity(authority),
    router: initTRPC.create().router({}),
  });
  return { authority, server, signer: await makeSigner({ authority }) };
}

it('finds the server, says why, and goes on to the next when the best cannot be reached', async () => {
  const { options, ports, lines } = await looking();
  const [gone, { server, signer }] = [await makeSigner(), await serve()];
  await answerAt(ports.beacon, ({ nonce }) => [
    say(gone, { nonce, api_port: 1 }),
    say(signer, { nonce, api_port: server.port }),
  ]);
  const found = await findServer(options);
  expect(found).toMatchObject({
    pin: signer.pin,
    servers: [new URL(`https://127.0.0.1:${server.port}`), expect.anything()],
  });
  const table = lines.filter((line) => line.includes('points ('));
  expect(table).toHaveLength(2);
  expect(table[1]).toMatch(
    /found 2 of 2: server\.test at 127\.0\.0\.1, port \d+, CA [0-9a-f]{64}: \d+ points \(speaks TLS \(\+200\), in a private network \(\+50\)/,
  );
  expect(lines.join('\n')).toContain('127.0.0.1:1 is not taken: nothing listens at 127.0.0.1:1');
});

it('with a pin meets nobody else, however quick, and asks again until its own answers', async () => {
  const { server, signer } = await serve();
  const rogue = await serve();
  const { options, ports, until } = await looking([signer.pin]);
  const met: string[] = [];
  rogue.server.onConnection(() => met.push('rogue'));
  let asked = 0;
  const nonces = new Set<string>();
  await answerAt(ports.beacon, ({ nonce }) => {
    nonces.add(nonce);
    const forged = say({ ...rogue.signer, pin: signer.pin }, { nonce, api_port: rogue.server.port });
    const replies = [say(rogue.signer, { nonce, api_port: rogue.server.port }), forged];
    // Of the second round; the first has eight requests.
    return ++asked > 8 ? [...replies, say(signer, { nonce, api_port: server.port })] : replies;
  });
  const found = await findServer(options);
  expect(found).toMatchObject({ pin: signer.pin, why: expect.stringContaining('its CA is trusted (+1000)') });
  expect(await until('no server has answered')).toContain('to name it by hand, give --server https://HOST:6443');
  expect(nonces.size).toBe(2);
  expect(met).toEqual([]);
});

it('takes no answer to another’s request, and no recording', async () => {
  const { options, ports, until, lines } = await looking();
  const { server, signer } = await serve();
  const replies = [
    say(signer, { nonce: 'A'.repeat(22), api_port: server.port }),
    say(signer, { api_port: server.port }),
  ];
  await answerAt(ports.beacon, () => replies);
  const search = findServer(options);
  await until('no server has answered');
  // An announcement of an hour ago, and one of now.
  await announce(ports.announcements, say(signer, { timestamp: Date.now() - 3_600_000, api_port: server.port }));
  expect(await until('behind this machine')).toMatch(
    /server\.test says of itself is 3600 s behind this machine's clock, and ignored/,
  );
  expect(lines.join('\n')).not.toContain('points (');
  await announce(ports.announcements, say(signer, { api_port: server.port }));
  expect(await search).toMatchObject({ pin: signer.pin });
});

it('learns where its own server has moved, and from no other', async () => {
  const [ours, rogue] = [await makeSigner(), await makeSigner()];
  const { ports, until, log } = await looking();
  const kept: string[][] = [];
  const servers = new Servers([new URL('https://192.0.2.1:6443'), new URL('https://192.0.2.2:6443')], (order) =>
    kept.push(order.map(({ host }) => host)),
  );
  await followServer({ interfaces: ['loopback'], ports, pins: () => [ours.pin], servers, log, signal: signalOfTest() });
  await announce(ports.announcements, say(rogue, { hostname: 'rogue.test' }));
  await announce(ports.announcements, say({ ...rogue, pin: ours.pin }, { hostname: 'rogue.test' }));
  await announce(ports.announcements, say(ours, { addresses: ['198.51.100.7'] }));
  await until('our server says that it is also at');
  expect(kept).toEqual([['192.0.2.1:6443', '198.51.100.7:6443', 'server.test:6443', '192.0.2.2:6443']]);
  servers.failed('gone');
  expect(servers.current.host).toBe('198.51.100.7:6443');
  // Two servers of one CA take turns, and nothing is written anew.
  await announce(ports.announcements, say(ours, { addresses: ['192.0.2.2'] }));
  await announce(ports.announcements, say(ours, { addresses: ['203.0.113.1'], hostname: 'web.01' }));
  await expect.poll(() => kept.length).toBe(2);
  expect(kept[1]).toContain('203.0.113.1:6443');
});

it('is not made to work or to write by who repeats what the server once said', async () => {
  const ours = await makeSigner();
  const { ports, lines, log } = await looking();
  const servers = new Servers([new URL('https://192.0.2.1:6443')]);
  await followServer({ interfaces: ['loopback'], ports, pins: () => [ours.pin], servers, log, signal: signalOfTest() });
  const recorded = say(ours, { timestamp: Date.now() - 90_000, addresses: ['198.51.100.7'] });
  for (let time = 0; time < 40; time++) await announce(ports.announcements, recorded);
  await announce(ports.announcements, say(ours, { addresses: ['198.51.100.8'] }), '127.0.0.2');
  await expect.poll(() => servers.all.map(({ hostname }) => hostname)).toContain('198.51.100.8');
  expect(servers.all.map(({ hostname }) => hostname)).not.toContain('198.51.100.7');
  expect(lines.filter((line) => line.includes('behind this machine'))).toHaveLength(1);
});

it('knocks at no far address that a stranger names', async () => {
  const { options, ports, lines, until } = await looking();
  const stranger = await makeSigner();
  await answerAt(ports.beacon, ({ nonce }) => [
    say(stranger, {
      nonce,
      api_port: 1,
      hostname: '1.2.3.256',
      addresses: ['203.0.113.9', '127.0.0.1', '2001:db8::9'],
    }),
  ]);
  void findServer(options).catch(() => {});
  await until('none of the servers that were found can be reached');
  expect(lines.filter((line) => line.includes('is not taken')).map((line) => line.split(' ').slice(-1)[0])).toEqual([
    '127.0.0.1:1',
  ]);
});

it('finds the server again that it had found, where it has moved while the agent was off', async () => {
  const { authority, server, folder, start, state } = await setUpRun();
  const ports = await freePorts();
  const signer = await makeSigner({ authority });
  const discovery = { interfaces: ['loopback'], ports };
  await answerAt(ports.beacon, ({ nonce }) => [say(signer, { nonce, api_port: server.port })]);
  await start({ servers: [], once: true, discovery });
  const another = await serve();
  void start({ servers: [another.server.url], isFound: true, discovery }).catch(() => {});
  const tell = setInterval(() => void announce(ports.announcements, say(signer, { api_port: server.port })), 100);
  onTestFinished(() => clearInterval(tell));
  await state.until(() => state.hellos.length === 1);
  expect(serversOf(readSettings(folder)).map(({ port }) => Number(port))).toContain(server.port);
});

it('joins the server that it found, and keeps what it chose and why', async () => {
  const { authority, server, folder, start, state } = await setUpRun();
  const ports = await freePorts();
  const signer = await makeSigner({ authority });
  await answerAt(ports.beacon, ({ nonce }) => [say(signer, { nonce, api_port: server.port })]);
  await start({ servers: [], once: true, discovery: { interfaces: ['loopback'], ports } });
  expect(state.registrations).toBe(1);
  expect(readSettings(folder)).toMatchObject({
    servers: [`https://127.0.0.1:${server.port}`, `https://server.test:${server.port}`],
    server_found: expect.stringMatching(/^\d{4}-.*Z: speaks TLS/),
  });
  expect(readFileSync(join(folder, 'server.fingerprint'), 'utf8')).toBe(`${signer.pin}\n`);
});

async function announce(port: number, packet: Buffer, from = '127.0.0.1') {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
  socket.close();
}
