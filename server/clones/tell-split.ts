import type { Source } from '../agents/inbox';

/** A person has decided that the machine at the end of this very connection is to become another. */
export const tellSplit: Source<'split'> = ({ connection }) =>
  connection?.isSplit ? { id: connection.id, item: { kind: 'split' } } : null;
