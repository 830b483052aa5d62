import type { LiveChange } from '../../server/hosts/feed';
import { isWaiting, type Counts, type HostRow, type Sample, type SamplePoint } from './host-types';

/** The hosts a page knows: its loader's, and what it has heard since. Never changed in place, so that React sees it. */
export interface KnownHosts {
  hosts: ReadonlyMap<string, HostRow>;
  /** Deleted since. Their rows stay where they are until the page is loaded again. */
  gone: ReadonlySet<string>;
  counts: Counts | null;
  /** Oldest first, of the hosts whose charts are shown and of no other. */
  series: ReadonlyMap<string, readonly SamplePoint[]>;
  /** Decided on since the snapshot: they waited, and may now belong in a list that was loaded without them. */
  decided: ReadonlySet<string>;
  /** How often each host's state has changed since the snapshot: a row shows a tint each time this grows. */
  changes: ReadonlyMap<string, number>;
}

/** At one every 30 s, three hours. */
const MAX_SAMPLES = 360;

export function knownHosts(
  hosts: readonly HostRow[],
  counts: Counts | null = null,
  series: KnownHosts['series'] = new Map(),
): KnownHosts {
  const byId = new Map(hosts.map((host) => [host.id, host]));
  return { hosts: byId, gone: new Set(), counts, series, decided: new Set(), changes: new Map() };
}

/**
 * What is known after the changes, applied in order. They may repeat what the snapshot has already:
 * the stream starts from a cursor that is a little older, so that nothing is lost between the two.
 */
export function applyLiveChanges(known: KnownHosts, changes: readonly LiveChange[]): KnownHosts {
  return changes.reduce(applyLiveChange, known);
}

function applyLiveChange(known: KnownHosts, change: LiveChange): KnownHosts {
  switch (change.kind) {
    case 'host':
      return applyHost(known, change.host);
    case 'sample':
      return applySample(known, change.hostId, change.sample);
    case 'gone':
      return { ...known, gone: new Set([...known.gone, change.hostId]) };
    case 'counts':
      return { ...known, counts: change.counts };
    // `reload` says nothing of its own, and a newer server may tell what this page has no words for.
    default:
      return known;
  }
}

function applyHost(known: KnownHosts, host: HostRow): KnownHosts {
  const before = known.hosts.get(host.id);
  const hosts = new Map(known.hosts).set(host.id, host);
  // A row that changed comes with its sample, and no other word of it.
  const series = host.sample ? appendSample(known.series, host.id, host.sample) : known.series;
  if (before?.state === host.state) return { ...known, hosts, series };
  const changes = new Map(known.changes).set(host.id, (known.changes.get(host.id) ?? 0) + 1);
  const wasDecided = before && isWaiting(before.state) && !isWaiting(host.state);
  const decided = wasDecided ? new Set([...known.decided, host.id]) : known.decided;
  return { ...known, hosts, series, decided, changes };
}

function applySample(known: KnownHosts, hostId: string, sample: Sample): KnownHosts {
  const host = known.hosts.get(hostId);
  // A repeated older sample must not replace the newer one of the snapshot.
  if (!host || (host.sample && Date.parse(sample.at) < Date.parse(host.sample.at))) return known;
  const hosts = new Map(known.hosts).set(hostId, { ...host, sample });
  return { ...known, hosts, series: appendSample(known.series, hostId, sample) };
}

function appendSample(all: KnownHosts['series'], hostId: string, sample: Sample): KnownHosts['series'] {
  const series = all.get(hostId);
  const last = series?.at(-1);
  if (!series || (last && Date.parse(sample.at) <= Date.parse(last.at))) return all;
  return new Map(all).set(hostId, [...series, sample].slice(-MAX_SAMPLES));
}
