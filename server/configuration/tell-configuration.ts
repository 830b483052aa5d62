import { CONFIGURATION_FORMAT, leavesOf, SECRET_KEYS } from '../../agent/configuration/schema';
import type { InboxItem } from '../../agent/protocol';
import type { Source } from '../agents/inbox';
import { speaksForHost } from '../agents/sockets';
import type { WantedOfHost } from './find-wanted';

/** A document that is no longer as JSON is told with its hash: to be asked for it costs as many bytes again. */
const SHORT = 2048;

/**
 * The hash of what the host is to be, and the document unless the host has it, or has tried it in vain. One that is
 * long or has a secret in it is fetched. A host that says that it has it in force is told so once a connection. While
 * its fleets disagree it keeps what it has.
 */
export const tellConfiguration: Source<'configuration'> = async (ctx) => {
  const { connection } = ctx;
  const { hostId } = ctx.agent;
  if (connection && !speaksForHost(connection)) return null;
  const wanted = await ctx.wantedConfiguration(hostId);
  const { hash, document, isAsked, conflicts, row } = wanted;
  // An agent of before would answer that it knows nothing of configurations.
  if (!isAsked || conflicts.length > 0) return null;
  const putBack = row?.putBack.length ? row.putBack : undefined;
  const isFirst = !connection?.configuration;
  if (connection) connection.configuration = hash;
  const isInForce = row?.inForceHash === hash;
  // What it was given before, and kept or went back to, is what it has now: nothing of another one stands against it.
  if (isInForce && row.offeredHash !== hash) await ctx.reports.offered({ hostId, hash, document });
  // At first always: the row may be older than what the host has, as after the database was restored from a backup.
  if (isInForce && !putBack && !isFirst) return null;
  const request = row?.requestedAt?.toISOString();
  const offered = isInForce ? undefined : offeredWith(wanted);
  return {
    id: [hash, request, ...(putBack ?? [])].join(' '),
    item: { kind: 'configuration', hash, request: isInForce ? undefined : request, putBack, offered },
    async before() {
      if (!offered) return;
      await ctx.reports.offered({ hostId, hash, document });
      ctx.events.emit('host.configured', { hostId });
    },
  };
};

function offeredWith({ hash, document, row }: WantedOfHost): Extract<InboxItem, { kind: 'configuration' }>['offered'] {
  const isTriedInVain = row?.statusOf === hash && (row.status === 'failed' || row.status === 'rolled_back');
  const hasSecret = [...leavesOf(document).keys()].some((key) => SECRET_KEYS.includes(key));
  if (isTriedInVain || hasSecret || JSON.stringify(document).length > SHORT) return undefined;
  return { format: CONFIGURATION_FORMAT, document };
}
