import { listQuery, oneOf, text, uuid } from '../list/list-query';
import { commandKinds, type CommandQuery } from './command-types';

const shows = ['all', 'open', 'over'] as const satisfies CommandQuery['show'][];

export const commandQuery = listQuery({
  path: '/commands',
  filters: { kind: oneOf(commandKinds), show: oneOf(shows), author: text(254), savedCommandId: uuid },
  orders: { sent: 'desc' },
  first: 'sent',
});

export { shows };
