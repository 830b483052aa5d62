import { type Encoder, jsonEncoder } from '@trpc/server/adapters/ws';

/** JSON that is written once, however many pages it goes to. What it is of, only its type says. */
export class Written<Value> {
  declare readonly value: Value;
  constructor(readonly json: string) {}
}

/** tRPC's own encoding, where the data of an answer may have been `Written` before. */
export const writtenEncoder: Encoder = {
  decode: (frame) => jsonEncoder.decode(frame),
  encode(message) {
    const { result, ...envelope } = message as { result?: { data?: unknown } };
    if (!(result?.data instanceof Written)) return jsonEncoder.encode(message);
    return `${JSON.stringify(envelope).slice(0, -1)},"result":{"type":"data","data":${result.data.json}}}`;
  },
};
