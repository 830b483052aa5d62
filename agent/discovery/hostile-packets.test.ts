import fc from 'fast-check';
import { expect, it } from 'vitest';
import { say, makeSigner } from './testing';
import { packetsLike, readAsBoth } from './testing-packets';

// A million of them: e2e/load/network/hostile-packets.ts.
it('whatever comes is read without a failure, and nothing that was changed is taken for a server’s word', async () => {
  const signer = await makeSigner();
  const messages = [say(signer), say(signer, { nonce: 'n'.repeat(22) })];
  const real = messages.map((message) => meaningOf(message));
  const seen = new Set<string>();
  fc.assert(
    fc.property(packetsLike(messages), (packet) => {
      const read = readAsBoth(packet);
      seen.add(read);
      // What means the same holds, such as a number written otherwise.
      if (read === 'message') expect(real).toContain(meaningOf(packet));
    }),
    { numRuns: 3_000 },
  );
  expect(seen).toContain('forged');
  expect(seen).toContain('malformed');
  expect(seen).toContain('request');
});

/** All that is signed. Of a signature itself several spellings hold, as of any text in base64. */
function meaningOf(packet: Buffer): string {
  const { signature: _, ...said } = JSON.parse(packet.toString()) as Record<string, unknown>;
  return JSON.stringify(said);
}
