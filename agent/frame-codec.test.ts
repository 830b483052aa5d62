import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameCodec, deriveChannelKeys, FRAME_OVERHEAD_BYTES, FrameError, type FrameFault } from './frame-codec';

const SECRET = Buffer.alloc(32, 7);

/** The agent's first frame with this for a payload, sealed right. */
function sealed(payload: string, number = 0n): Buffer {
  const sequence = Buffer.alloc(8);
  sequence.writeBigUInt64BE(number);
  const mac = createHmac('sha256', deriveChannelKeys(SECRET, '01AB').toServer)
    .update(sequence)
    .update(payload)
    .digest();
  return Buffer.concat([sequence, mac, Buffer.from(payload)]);
}

/** The two ends of a fresh connection, and what each found wrong. */
function channel(secret: Buffer = SECRET) {
  const { toServer, toAgent } = deriveChannelKeys(secret, '01AB');
  const faults: { agent: FrameFault[]; server: FrameFault[] } = { agent: [], server: [] };
  return {
    agent: createFrameCodec({ send: toServer, receive: toAgent }, (fault) => faults.agent.push(fault)),
    server: createFrameCodec({ send: toAgent, receive: toServer }, (fault) => faults.server.push(fault)),
    faults,
  };
}

test('anything JSON can say arrives as it was, both ways', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 20 }), (messages) => {
      const { agent, server, faults } = channel();
      for (const message of messages) {
        expect(server.decode(agent.encode(message))).toEqual(JSON.parse(JSON.stringify(message)));
        expect(agent.decode(server.encode(message))).toEqual(JSON.parse(JSON.stringify(message)));
      }
      expect(faults).toEqual({ agent: [], server: [] });
    }),
  );
});

test('any changed bit is forged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (message, position) => {
      const { agent, server, faults } = channel();
      const frame = agent.encode(message);
      const bit = position % (frame.length * 8);
      frame[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => server.decode(frame)).toThrow(FrameError);
      expect(faults.server).toEqual(['forged']);
    }),
  );
});

test('any bytes at all: refused, never another error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const { server, faults } = channel();
      expect(() => server.decode(bytes)).toThrow(FrameError);
      expect(faults.server).toEqual([bytes.length < FRAME_OVERHEAD_BYTES ? 'truncated' : 'forged']);
    }),
  );
});

test('a lost, a repeated and an overtaken frame are out of order', () => {
  for (const order of [[1], [0, 0], [0, 2], [1, 0]]) {
    const { agent, server, faults } = channel();
    const frames = [agent.encode('first'), agent.encode('second'), agent.encode('third')];
    expect(() => order.forEach((i) => server.decode(frames[i]))).toThrow(FrameError);
    expect(faults.server).toEqual(['out_of_order']);
  }
});

test('any number but the next, sealed right, is out of order', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (number) => {
      const { server, faults } = channel();
      expect(() => server.decode(sealed('1', number))).toThrow(FrameError);
      expect(faults.server).toEqual(['out_of_order']);
    }),
  );
});

test('a cut frame is forged or truncated', () => {
  const { agent } = channel();
  const frame = agent.encode({ id: 1, method: 'mutation' });
  for (let length = 0; length < frame.length; length++) {
    const { server } = channel();
    expect(() => server.decode(frame.subarray(0, length))).toThrow(FrameError);
  }
});

test('a frame is not valid where it came from, nor on another connection, nor for another certificate', () => {
  const secret = randomBytes(32);
  const one = channel(secret);
  expect(() => one.agent.decode(one.agent.encode('reflected'))).toThrow(FrameError);
  expect(() => channel(randomBytes(32)).server.decode(channel().agent.encode('from another connection'))).toThrow(
    FrameError,
  );
  expect(deriveChannelKeys(secret, '01').toServer).not.toEqual(deriveChannelKeys(secret, '02').toServer);
});

test('a sealed frame of something else than JSON is malformed', () => {
  for (const payload of ['', 'hello', '['.repeat(200_000), '{"a":', '\ufeff1']) {
    const { server, faults } = channel();
    expect(() => server.decode(sealed(payload))).toThrow(FrameError);
    expect(faults.server).toEqual(['malformed']);
  }
});

test('what never comes to decoding can break it too', () => {
  const { agent, server, faults } = channel();
  server.refuse('text');
  expect(() => server.decode(agent.encode('good'))).toThrow(FrameError);
  expect(faults.server).toEqual(['text']);
});

test('after one fault no frame is believed, and only the first is told', () => {
  const { agent, server, faults } = channel();
  const good = agent.encode('good');
  expect(() => server.decode('text')).toThrow(FrameError);
  expect(() => server.decode(good)).toThrow(FrameError);
  expect(faults.server).toEqual(['text']);
});
