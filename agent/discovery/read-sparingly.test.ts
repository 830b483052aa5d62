import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { deafen, readSparingly } from './read-sparingly';
import { freePorts } from './testing';

async function open(address = '127.0.0.1', port = 0): Promise<Socket> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
  socket.bind(port, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

const send = (socket: Socket, text: string, to: Socket, address = '127.0.0.1') =>
  new Promise((resolve) => socket.send(text, to.address().port, address, resolve));

it('reads so much a slice of time, and then again', async () => {
  const [ear, mouth] = [await open(), await open()];
  const read: string[] = [];
  const floods: number[] = [];
  readSparingly(
    ear,
    { most: 3, sliceMs: 200 },
    (packet) => read.push(packet.toString()),
    (leftMs) => floods.push(leftMs),
  );
  for (let number = 1; number <= 9; number++) await send(mouth, String(number), ear);
  await expect.poll(() => floods).toHaveLength(1);
  expect(read).toEqual(['1', '2', '3']);
  expect(floods[0]).toBeGreaterThan(0);
  expect(floods[0]).toBeLessThanOrEqual(200);
  const tell = setInterval(() => void send(mouth, 'later', ear), 20);
  onTestFinished(() => clearInterval(tell));
  await expect.poll(() => read).toContain('later');
});

it.each(['0.0.0.0', '127.0.0.1', '::'])(
  'bound to %s, hears nobody for a while, and then as before',
  async (address) => {
    const to = address === '::' ? '::1' : '127.0.0.1';
    // Of a port that the system chose it would know nothing afterwards.
    const { beacon: port } = await freePorts();
    const [ear, mouth] = [await open(address, port), await open(to)];
    const bound = ear.address();
    const heard: string[] = [];
    ear.on('message', (packet) => heard.push(packet.toString()));
    const isDeaf = once(ear, 'connect');
    deafen(ear, 150);
    await isDeaf;
    await send(mouth, 'unheard', ear, to);
    const tell = setInterval(() => void send(mouth, 'heard', ear, to), 20);
    onTestFinished(() => clearInterval(tell));
    // Those of the first 150 ms are gone: the system never had a place for them.
    await expect.poll(() => heard).toContain('heard');
    expect(heard).not.toContain('unheard');
    expect(ear.address()).toEqual(bound);
  },
);
