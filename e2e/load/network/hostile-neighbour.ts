/**
 * The rogue of `hostile-network.ts`: floods agents and the server with packets of all kinds, answers whoever asks with
 * itself, and counts who calls at the address that it names.
 * Arguments: the honest server's pin, packets a second, the server's address, the network's, and its own addresses.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what both sides of discovery say
import { PORTS, readRequest, vouch, writeMessage, writeRequest, type Message } from '../../../agent/discovery/message';

const [pin = '', rate = '', server = '', everybody = '', ...addresses] = process.argv.slice(2);
const TICK_MS = 10;
const aTick = (Number(rate) * TICK_MS) / 1000;
const HOME = '10.99.0.2';

const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [authority, leaf] = [newPair(), newPair()];
const der = ({ publicKey }: typeof leaf) => publicKey.export({ type: 'spki', format: 'der' });
const signWith = (pair: typeof leaf) => (bytes: Uint8Array) => sign('sha256', bytes, pair.privateKey);
const until = new Date(Date.now() + 86_400_000);
const proof = vouch(signWith(authority), { authority: der(authority), key: der(leaf), until });
const ownPin = createHash('sha256').update(der(authority)).digest('hex');

function lie(ca_pin: string, nonce?: string): Buffer {
  const server_info: Message['server_info'] = {
    ...{ hostname: 'rogue', addresses: [HOME], api_port: 6443, webui_port: 7443, use_ssl: true, ca_pin },
    ...{ websocket_endpoint: '/api/agent/connect', registration_endpoint: '/trpc/agents.register' },
  };
  return writeMessage({ nonce, timestamp: Date.now(), server_info, proof }, signWith(leaf));
}
const newRequest = () =>
  writeRequest({
    ...{ hostname: `h${Math.floor(Math.random() * 1e6)}`, platform: 'linux', request_config: true },
    ...{ nonce: randomBytes(16).toString('base64url'), timestamp: Date.now() },
  });

let callers = 0;
const listener = createServer((socket) => {
  callers++;
  socket.destroy();
}).listen(6443, '0.0.0.0');
await once(listener, 'listening');

/** What the honest server has said, to be said again. */
const recorded: Buffer[] = [];
const ear = createSocket({ type: 'udp4', reuseAddr: true });
ear.on('message', (packet, from) => {
  if (from.address === server && recorded.length < 20) recorded.push(packet);
});
ear.bind(PORTS.announcements);

/** Whoever asks everybody is answered by us at once, with our pin and with theirs. */
const asked = createSocket('udp4');
asked.on('message', (packet, { address, port }) => {
  if (addresses.some((own) => own.startsWith(`${address}/`)) || address === HOME) return;
  const request = readRequest(packet);
  if (!request) return;
  for (const reply of [lie(ownPin, request.nonce), lie(pin, request.nonce)]) asked.send(reply, port, address);
});
asked.bind(PORTS.beacon);

const count = { sent: 0, sentToServerBytes: 0, gotBytes: 0 };
const mouths: Socket[] = [];
for (const address of addresses) {
  const mouth = createSocket('udp4');
  mouth.on('message', (packet) => (count.gotBytes += packet.length));
  mouth.bind(0, address.replace(/\/.*/, ''));
  await once(mouth, 'listening');
  mouth.setBroadcast(true);
  mouths.push(mouth);
}

/** Made anew each second, so that many are fresh and many are not. */
let beacons: Buffer[] = [];
let requests: Buffer[] = [];
function makePackets() {
  const forged = [lie(ownPin), lie(pin), lie(pin, randomBytes(16).toString('base64url'))];
  const cut = [...forged, ...recorded].map((packet) => packet.subarray(0, Math.floor(Math.random() * packet.length)));
  beacons = [...forged, ...recorded, ...cut];
  const fresh = Array.from({ length: 60 }, newRequest);
  requests = [...fresh, ...requests.slice(0, 20), ...fresh.slice(0, 20).map((packet) => packet.subarray(0, 600))];
}

/** Added to the ports: what comes there nobody hears. */
const ELSEWHERE = 100;

let flood: NodeJS.Timeout | undefined;
let began = 0;
let index = 0;
let aside = 0;
function sendTick() {
  // What a tick that came late has left undone is made up for.
  const due = Math.floor(((performance.now() - began) / TICK_MS) * aTick) - count.sent;
  for (let n = 0; n < Math.min(due, aTick * 20); n++) {
    const mouth = mouths[index++ % mouths.length]!;
    mouth.send(beacons[index % beacons.length]!, PORTS.announcements + aside, everybody);
    const request = requests[index % requests.length]!;
    mouth.send(request, PORTS.beacon + aside, server);
    count.sent++;
    count.sentToServerBytes += request.length;
  }
}

setInterval(() => flood && makePackets(), 1000).unref();
process.on('message', (order: 'elsewhere' | 'flood' | 'count' | 'stop') => {
  if (order === 'elsewhere' || order === 'flood') {
    clearInterval(flood);
    Object.assign(count, { sent: 0, sentToServerBytes: 0, gotBytes: 0 });
    aside = order === 'elsewhere' ? ELSEWHERE : 0;
    makePackets();
    began = performance.now();
    flood = setInterval(sendTick, TICK_MS);
  } else {
    if (order === 'stop') clearInterval(flood);
    process.send!({ ...count, callers });
  }
});
process.on('disconnect', () => process.exit());
process.send!({});
