import { and, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '../../../db/client';
import { fleets } from '../../../db/schema';
import { saying } from '../../../words/explain-issue';
import { words } from '../../../words/words';
import { AppError } from '../../errors';
import { visibleFleets } from '../../fleets/visible-fleets';
import { SERVER_ITSELF } from '../../hosts/visible-hosts';
import type { SignedIn } from '../../trpc';
import { compareHosts, type Comparison } from '../compare-hosts';

type Change = Omit<Parameters<typeof compareHosts>[1], 'asker'>;

/**
 * Refuses a change after which fleets of a host would disagree that do not now: `configuration.fleets_disagree`, with
 * the keys. Of all hosts, also those that the caller does not see.
 */
export async function demandAgreement(tx: Transaction, ctx: SignedIn, change: Change): Promise<void> {
  const { conflicts } = await compareHosts(tx, { ...change, asker: SERVER_ITSELF });
  if (conflicts.length === 0) return;
  const names = await namesOf(tx, ctx, conflicts);
  const cause = new z.ZodError(
    conflicts.map(({ key, layers, hosts }) => ({
      code: 'custom' as const,
      path: key.split('.'),
      ...saying(
        words('server.configuration.disagree', {
          count: hosts,
          fleets: layers.map((layer) => names.get(layer) ?? words('server.configuration.another_fleet')),
        }),
      ),
      input: undefined,
    })),
  );
  throw new AppError('configuration.fleets_disagree', { cause });
}

/** Of the fleets that there are for the caller, by layer. */
async function namesOf(tx: Transaction, ctx: SignedIn, conflicts: Comparison['conflicts']) {
  const ids = conflicts.flatMap(({ layers }) => layers.map((layer) => layer.replace('fleet/', '')));
  const found = await tx
    .select({ id: fleets.id, name: fleets.name })
    .from(fleets)
    .where(and(visibleFleets(ctx), inArray(fleets.id, ids)));
  return new Map(found.map(({ id, name }) => [`fleet/${id}`, name]));
}
