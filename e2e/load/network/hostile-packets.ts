/**
 * Feeds both parsers of discovery with packets of all kinds, and looks whether memory stays where it was.
 * `node --expose-gc --import tsx e2e/load/network/hostile-packets.ts [PACKETS]` prints JSON. A parser that fails ends
 * it.
 */
import fc from 'fast-check';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what both sides of discovery say
import { vouch, writeMessage } from '../../../agent/discovery/message';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what both sides of discovery say
import { packetsLike, readAsBoth } from '../../../agent/discovery/testing-packets';
import { describeMachine } from '../measure/describe-machine';

const PACKETS = Number(process.argv[2] ?? 1_000_000);
const SLICE = 10_000;
const gc = globalThis.gc;
if (!gc) throw new Error('run it with node --expose-gc');

const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [authority, leaf] = [newPair(), newPair()];
const der = (pair: typeof leaf) => pair.publicKey.export({ type: 'spki', format: 'der' });
const signWith = (pair: typeof leaf) => (bytes: Uint8Array) => sign('sha256', bytes, pair.privateKey);
const until = new Date(Date.now() + 86_400_000);
const proof = vouch(signWith(authority), { authority: der(authority), key: der(leaf), until });
const server_info = {
  ...{ hostname: 'server.test', addresses: ['192.0.2.1'], api_port: 6443, webui_port: 7443, use_ssl: true as const },
  ...{ websocket_endpoint: '/api/agent/connect', registration_endpoint: '/trpc/agents.register' },
  ca_pin: createHash('sha256').update(der(authority)).digest('hex'),
};
const messages = [undefined, 'n'.repeat(22)].map((nonce) =>
  writeMessage({ nonce, timestamp: Date.now(), server_info, proof }, signWith(leaf)),
);

const outcomes: Record<string, number> = {};
const heapMiB: number[] = [];
const began = process.cpuUsage();
for (let done = 0; done < PACKETS; done += SLICE) {
  for (const packet of fc.sample(packetsLike(messages), Math.min(SLICE, PACKETS - done))) {
    const outcome = readAsBoth(packet);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  gc();
  heapMiB.push(Number((process.memoryUsage().heapUsed / 2 ** 20).toFixed(2)));
}
const { user, system } = process.cpuUsage(began);
const tenth = Math.ceil(heapMiB.length / 10);
console.log(
  JSON.stringify(
    {
      benchmark: 'hostile-packets',
      machine: describeMachine(),
      packets: PACKETS,
      outcomes,
      cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
      /** After a collection: behind the first tenth, and at the end. */
      heapMiB: { afterTenth: heapMiB[tenth - 1], end: heapMiB.at(-1) },
    },
    null,
    2,
  ),
);
