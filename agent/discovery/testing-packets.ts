import fc from 'fast-check';
import { MAX_BYTES, readMessage, readRequest, writeRequest } from './message';

/**
 * What anybody may send: noise, real packets that were cut, changed or joined, and JSON that is nearly right.
 * @param messages of a server
 */
export function packetsLike(messages: Buffer[]): fc.Arbitrary<Buffer> {
  const request = writeRequest({
    ...{ hostname: 'agent.test', platform: 'linux', nonce: 'n'.repeat(22) },
    ...{ timestamp: 1_700_000_000_000, request_config: true },
  });
  const real = fc.constantFrom(request, ...messages);
  const place = fc.nat(MAX_BYTES);
  const changed = fc
    .tuple(real, fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }))
    .map(([packet, edits]) => {
      const copy = Buffer.from(packet);
      for (const [at, byte] of edits) copy[at % copy.length] = byte;
      return copy;
    });
  const cut = fc.tuple(real, place).map(([packet, end]) => packet.subarray(0, end % packet.length));
  const joined = fc
    .tuple(real, place, real)
    .map(([a, at, b]) => Buffer.concat([a.subarray(0, at), b.subarray(at)]).subarray(0, MAX_BYTES + 1));
  const noise = fc.uint8Array({ maxLength: MAX_BYTES + 100 }).map((bytes) => Buffer.from(bytes));
  const nested = fc.constantFrom('[', '{"a":', '{"service":').map((text) => Buffer.from(text.repeat(80)));
  const nearlyRight = fc
    .tuple(real, fc.nat(40), fc.jsonValue({ maxDepth: 3 }))
    .map(([packet, index, value]) =>
      Buffer.from(JSON.stringify(replaceOne(JSON.parse(packet.toString()), index, value))),
    );
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 2, arbitrary: cut },
    { weight: 2, arbitrary: joined },
    { weight: 2, arbitrary: noise },
    { weight: 1, arbitrary: nested },
    { weight: 4, arbitrary: nearlyRight },
  );
}

/** The same tree with another value at one of its places, counted through. */
function replaceOne(tree: unknown, index: number, value: unknown): unknown {
  let left = index;
  const walk = (node: unknown): unknown => {
    if (left-- === 0) return value;
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(tree);
}

/**
 * Reads a packet as a server and as an agent do. Neither throws, whatever it is: that is what a test looks for.
 * @returns what the agent's reader said; `message` where it held
 */
export function readAsBoth(packet: Buffer): string {
  const request = readRequest(packet);
  const message = readMessage(packet, () => true);
  if (typeof message !== 'string') return 'message';
  return request ? 'request' : message;
}
