import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { MAX_BYTES, readMessage, writeRequest, type Message } from '../../agent/discovery/message';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { newAuthority, temporaryFolder } from '../certificates/testing';
import { createLog } from '../log';
import { startBeacon } from './beacon';

async function openClient(): Promise<Socket & { next(): Promise<Buffer> }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return Object.assign(socket, { next: async () => ((await once(socket, 'message')) as [Buffer])[0] });
}

async function setUp() {
  const authority = await newAuthority();
  const certificate = await ensureServerCertificate(authority, {
    directory: await temporaryFolder(),
    names: ['localhost'],
  });
  const free = await openClient();
  const heard = await openClient();
  const settings = {
    enabled: true,
    interfaces: ['loopback'],
    port: free.address().port,
    announcement_port: heard.address().port,
    announce_seconds: 60,
    default_config: { log_level: 'debug' as const },
  };
  await new Promise<void>((resolve) => free.close(() => resolve()));
  Object.assign(free, { close: () => {} });
  const asked: [string, string][] = [];
  const start = () => {
    const beacon = startBeacon({
      sightings: {
        asked: ({ hostname }, address, outcome) => asked.push([`${hostname} ${address}`, outcome]),
        heard() {},
      },
      settings,
      authority,
      certificate: () => certificate,
      apiPort: 6443,
      webPort: 7443,
      log: createLog({ level: 'silent', format: 'json' }),
      lookMs: 50,
    });
    onTestFinished(() => beacon.stop());
    return beacon;
  };
  const ask = (socket: Socket, packet: Buffer) =>
    new Promise((resolve) => socket.send(packet, settings.port, '127.0.0.1', resolve));
  return { authority, heard, settings, start, ask, asked };
}

const request = (changes: Partial<Parameters<typeof writeRequest>[0]> = {}) =>
  writeRequest({
    hostname: 'agent.test',
    platform: 'linux',
    nonce: randomBytes(16).toString('base64url'),
    timestamp: Date.now(),
    request_config: false,
    ...changes,
  });

it('answers whoever asks, with no more than they sent, and announces itself', async () => {
  const { authority, heard, start, ask } = await setUp();
  const announced = heard.next();
  const beacon = start();
  const announcement = readMessage(await announced, (pin) => pin === authority.pin) as Message;
  expect(announcement).toMatchObject({ server_info: { addresses: ['127.0.0.1'], api_port: 6443, webui_port: 7443 } });
  expect(announcement.nonce).toBeUndefined();
  const client = await openClient();
  const nonce = 'n'.repeat(22);
  const answered = client.next();
  await ask(client, request({ nonce }));
  const reply = await answered;
  expect(reply.length).toBeLessThanOrEqual(MAX_BYTES);
  expect(readMessage(reply, (pin) => pin === authority.pin)).toMatchObject({
    nonce,
    server_info: announcement.server_info,
    default_config: { log_level: 'debug' },
  });
  expect(beacon.counts()).toMatchObject({ answered: 1 });
});

it('counts and drops what it must not answer', async () => {
  const { start, ask, asked } = await setUp();
  const beacon = start();
  await expect.poll(beacon.state).toBe('listening');
  const client = await openClient();
  const replies: Buffer[] = [];
  client.on('message', (packet) => replies.push(packet));
  const bare = (padding: string) =>
    Buffer.from(
      request()
        .toString()
        .replace(/"padding":"\.*"/, `"padding":"${padding}"`),
    );
  await ask(client, Buffer.from('<script>'));
  await ask(client, Buffer.alloc(9000));
  await ask(client, bare(''));
  await ask(client, request({ timestamp: Date.now() - 61_000 }));
  await ask(client, request({ timestamp: Date.now() + 61_000 }));
  const repeated = request();
  for (let time = 0; time < 18; time++) await ask(client, repeated);
  await expect.poll(beacon.counts).toMatchObject({ malformed: 1, small: 2, stale: 2, repeated: 2, answered: 15 });
  const outcomes = asked.map(([who, outcome]) => `${who} ${outcome}`);
  expect(new Set(outcomes)).toEqual(new Set(['agent.test 127.0.0.1 clock', 'agent.test 127.0.0.1 answered']));
  expect(outcomes).toHaveLength(18);
  for (let time = 0; time < 30; time++) await ask(client, request());
  await expect.poll(() => beacon.counts().limited).toBeGreaterThan(0);
  const { answered, limited } = beacon.counts();
  expect(answered + limited).toBeLessThanOrEqual(45);
  await expect.poll(() => replies.length).toBe(beacon.counts().answered);
});

it('says where it is to all when somebody asks again and again, in place of an answer', async () => {
  const { authority, heard, start, ask } = await setUp();
  const first = heard.next();
  const beacon = start();
  await first;
  const client = await openClient();
  const replies: Buffer[] = [];
  client.on('message', (packet) => replies.push(packet));
  const [again, announced] = [request(), heard.next()];
  for (let time = 0; time < 3; time++) await ask(client, again);
  expect(readMessage(await announced, (pin) => pin === authority.pin)).toMatchObject({ service: 'sysmanage-server' });
  await expect.poll(() => replies.length).toBe(2);
  expect(beacon.counts()).toMatchObject({ answered: 2 });
});

it('says what is wrong with a crowd of them in counts, and no line of the log', async () => {
  const { authority, settings, asked } = await setUp();
  const lines: string[] = [];
  const log = createLog({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
  const beacon = startBeacon({
    ...{ settings, authority, apiPort: 6443, webPort: 7443, log },
    certificate: () => {
      throw new Error('nothing here is to be signed');
    },
    sightings: { asked: ({ hostname }) => asked.push([hostname, '']), heard() {} },
  });
  onTestFinished(() => beacon.stop());
  await expect.poll(() => lines.length).toBe(1);
  const client = await openClient();
  const crowd = [Buffer.alloc(100), Buffer.alloc(1200), Buffer.alloc(1201, '{'), Buffer.alloc(1200, '{')];
  const send = (packet: Buffer) => new Promise((resolve) => client.send(packet, settings.port, '127.0.0.1', resolve));
  const dropped = () => {
    const { malformed, small, limited } = beacon.counts();
    return malformed + small + limited;
  };
  for (let time = 1; time <= 25; time++) {
    for (const packet of crowd) await send(packet);
    await expect.poll(dropped).toBe(time * crowd.length);
  }
  expect(beacon.counts()).toMatchObject({ small: 25, answered: 0 });
  expect(lines).toHaveLength(1);
  expect(asked).toEqual([]);
});

it('leaves the port to one process, and takes it over when that ends', async () => {
  const { start, ask } = await setUp();
  const first = start();
  await expect.poll(first.state).toBe('listening');
  const second = start();
  const client = await openClient();
  const answered = client.next();
  await ask(client, request());
  await answered;
  expect([first.counts().answered, second.counts().answered, second.state()]).toEqual([1, 0, 'waiting']);
  await first.stop();
  await expect.poll(second.state).toBe('listening');
  const again = client.next();
  await ask(client, request());
  await again;
  expect(second.counts().answered).toBe(1);
});
