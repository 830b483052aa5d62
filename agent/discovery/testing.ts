import { createSocket, type RemoteInfo } from 'node:dgram';
import { createPublicKey, generateKeyPairSync, KeyObject, sign as signWith } from 'node:crypto';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { makeAuthority, type TestAuthority } from '../testing';
import { pinOf } from '../trust/anchors';
import { X509Certificate } from 'node:crypto';
import { readRequest, vouch, writeMessage, type Message, type Proof, type Request, type Sign } from './message';

const signerOf =
  (key: KeyObject): Sign =>
  (bytes) =>
    signWith('sha256', bytes, key);

export interface Signer {
  pin: string;
  proof: Proof;
  sign: Sign;
}

/** What a server with that CA signs with. */
export async function makeSigner({
  authority,
  until = new Date(Date.now() + 3_600_000),
}: { authority?: TestAuthority; until?: Date } = {}): Promise<Signer> {
  const { pem, keys } = authority ?? (await makeAuthority());
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const proof = vouch(signerOf(KeyObject.from(keys.privateKey)), {
    authority: createPublicKey(pem).export({ type: 'spki', format: 'der' }),
    key: leaf.publicKey.export({ type: 'spki', format: 'der' }),
    until,
  });
  return { pin: pinOf(new X509Certificate(pem)), proof, sign: signerOf(leaf.privateKey) };
}

/** A message of a server at 127.0.0.1. */
export function say(
  signer: Signer,
  {
    nonce,
    timestamp = Date.now(),
    default_config,
    ...info
  }: Partial<Pick<Message, 'nonce' | 'timestamp' | 'default_config'>> & Partial<Message['server_info']> = {},
): Buffer {
  const server_info = {
    hostname: 'server.test',
    addresses: ['127.0.0.1'],
    api_port: 6443,
    webui_port: 7443,
    use_ssl: true as const,
    websocket_endpoint: '/api/agent/connect',
    registration_endpoint: '/trpc/agents.register',
    ca_pin: signer.pin,
    ...info,
  };
  return writeMessage({ nonce, timestamp, server_info, default_config, proof: signer.proof }, signer.sign);
}

/** Ports that are free now: of the agent's own, and of the beacon. */
export async function freePorts() {
  const sockets = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  const [beacon, announcements] = sockets.map((socket) => socket.address().port) as [number, number];
  for (const socket of sockets) socket.close();
  return { beacon, announcements };
}

/** Answers what comes to that port on loopback with what `answer` makes of it, until the test ends. */
export async function answerAt(port: number, answer: (request: Request, from: RemoteInfo) => Buffer[]) {
  const socket = createSocket('udp4');
  socket.on('message', (packet, from) => {
    const request = readRequest(packet);
    if (request) for (const reply of answer(request, from)) socket.send(reply, from.port, from.address);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
}
