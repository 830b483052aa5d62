import type { z } from 'zod';
import type { factReport } from '../../agent/protocol';
import type { ConnectedAgent } from '../trpc';
import { unpackFacts } from './unpack-facts';

/** Keeps a section of the host's facts; answers once it is kept. Throws `facts.invalid`, or `Shed` without room. */
export async function reportFacts(ctx: ConnectedAgent, report: z.infer<typeof factReport>): Promise<void> {
  const facts = await unpackFacts(report);
  const { hostId } = ctx.agent;
  const { section, hash } = report;
  await ctx.factWriter.add({ hostId, section, hash, facts, at: new Date(), bytes: JSON.stringify(facts).length });
}
