import type { Source } from '../agents/inbox';
import { speaksForHost } from '../agents/sockets';

/** The runs that the host has not said anything of yet, until it has. A copy of it is told none. */
export const tellDue: Source<'commands'> = async ({ agent, connection, commandDispatch }) => {
  if (connection && !speaksForHost(connection)) return null;
  const runs = await commandDispatch.due(agent.hostId);
  // It may have been split meanwhile.
  if (!runs || (connection && !speaksForHost(connection))) return null;
  return { id: runs.map(({ runId }) => runId).join(), item: { kind: 'commands', runs } };
};

/** Those of its runs that somebody has cancelled, until it has said how they ended. */
export const tellCancelled: Source<'cancel'> = async ({ agent, connection, commandDispatch }) => {
  if (connection && !speaksForHost(connection)) return null;
  const runIds = await commandDispatch.cancelled(agent.hostId);
  if (!runIds || (connection && !speaksForHost(connection))) return null;
  return { id: runIds.join(), item: { kind: 'cancel', runIds } };
};
