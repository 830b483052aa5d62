import type { HostChart } from '../host-types';

interface Span {
  from: number;
  to: number;
}
type Why =
  | { kind: 'down'; since: number; reason: string | null }
  | { kind: 'server_off'; from: number; to: number }
  | { kind: 'not_enrolled' }
  | { kind: 'not_told' };

/**
 * Why nothing was measured in a part of the time, as far as that is known, in the order of time. Of a host that was
 * down while the server was off, too, both.
 * @param enrolled since when there is the host, in seconds since 1970
 */
export function whyGap(
  gap: Span,
  { down, serverOff, enrolled }: Pick<HostChart, 'down' | 'serverOff'> & { enrolled: number },
): Why[] {
  const isIn = (from: number, to: number | null) => from < gap.to && (to ?? Infinity) > gap.from;
  const offs = serverOff.filter(({ from, to }) => isIn(from, to));
  const downs = down.filter(({ from, to }) => isIn(from, to));
  const found = [
    ...offs.map(({ from, to }) => ({ at: from, why: { kind: 'server_off' as const, from, to } })),
    ...downs.map(({ from, reason }) => ({ at: from, why: { kind: 'down' as const, since: from, reason } })),
  ].sort((a, b) => a.at - b.at);
  if (found.length > 0) return found.map(({ why }) => why);
  return [{ kind: gap.from < enrolled ? 'not_enrolled' : 'not_told' }];
}
