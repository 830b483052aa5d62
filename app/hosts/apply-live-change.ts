import type { Change } from '../../server/live/page';
import { isWaiting, type HostRow, type Sample, type SamplePoint } from './host-types';

/** The hosts a page knows: its loader's, and what it has heard since. Never changed in place, so that React sees it. */
export interface KnownHosts {
  hosts: ReadonlyMap<string, HostRow>;
  /** Deleted since. Their rows stay where they are until the page is loaded again. */
  gone: ReadonlySet<string>;
  /** Oldest first, of the hosts whose charts are shown and of no other. */
  series: ReadonlyMap<string, readonly SamplePoint[]>;
  /** Decided on since the snapshot: they waited, and may now belong in a list that was loaded without them. */
  decided: ReadonlySet<string>;
  /** How often each host's state has changed since the snapshot: a row shows a tint each time this grows. */
  changes: ReadonlyMap<string, number>;
}

/** At one every 30 s, three hours. */
const MAX_SAMPLES = 360;

export function knownHosts(hosts: readonly HostRow[], series: KnownHosts['series'] = new Map()): KnownHosts {
  const byId = new Map(hosts.map((host) => [host.id, host]));
  return { hosts: byId, gone: new Set(), series, decided: new Set(), changes: new Map() };
}

/**
 * What is known after the changes, applied in order. They may repeat what the snapshot has already: the stream starts
 * from a cursor that is a little older, so that nothing is lost between the two. A host of which nothing changed stays
 * the same object, and its row is not rendered again.
 */
export function applyLiveChanges(known: KnownHosts, changes: readonly Change<HostRow>[]): KnownHosts {
  const next = {
    hosts: new Map(known.hosts),
    gone: new Set(known.gone),
    series: new Map(known.series),
    decided: new Set(known.decided),
    changes: new Map(known.changes),
  };
  let isChanged = false;
  for (const change of changes) {
    const before = next.hosts.get(change.key);
    if (change.kind === 'gone') {
      isChanged ||= !next.gone.has(change.key);
      next.gone.add(change.key);
      continue;
    }
    const host = change.kind === 'value' ? change.value : before && { ...before, ...notOlder(change.patch, before) };
    // Of a host that the page does not know a few fields say nothing.
    if (!host || (before && isSame(before, host))) continue;
    isChanged = true;
    next.hosts.set(host.id, host);
    if (host.sample) appendSample(next.series, host.id, host.sample);
    if (before?.state === host.state) continue;
    next.changes.set(host.id, (next.changes.get(host.id) ?? 0) + 1);
    if (before && isWaiting(before.state) && !isWaiting(host.state)) next.decided.add(host.id);
  }
  return isChanged ? next : known;
}

/** Both come from the server, with their fields in one order. */
const isSame = (before: HostRow, after: HostRow) => JSON.stringify(before) === JSON.stringify(after);

/** A repeated older sample must not replace the newer one of the snapshot. */
function notOlder(patch: Partial<HostRow>, before: HostRow): Partial<HostRow> {
  const { sample, isSampleStale: _stale, ...others } = patch;
  const isOlder = sample && before.sample && Date.parse(sample.at) < Date.parse(before.sample.at);
  return isOlder ? others : patch;
}

function appendSample(all: Map<string, readonly SamplePoint[]>, hostId: string, sample: Sample): void {
  const series = all.get(hostId);
  const last = series?.at(-1);
  if (!series || (last && Date.parse(sample.at) <= Date.parse(last.at))) return;
  all.set(hostId, [...series, sample].slice(-MAX_SAMPLES));
}
