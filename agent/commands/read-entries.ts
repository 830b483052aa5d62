import { type Entry, later, momentOf, newEntry } from './entry';
import type { JournalRecord } from './journal';
import type { Clock } from './machine';

/** What a journal has of each run, in the order in which they were received; of one that went on, that it began. */
export function readEntries(records: readonly JournalRecord[], clock: Clock): Entry[] {
  const entries = new Map<string, Entry>();
  const now = () => momentOf(clock);

  /** A moment before this process began. A clock that was set meanwhile makes it now. */
  function past(wall: number): Entry['receivedAt'] {
    const { mono, wall: wallNow } = now();
    return { mono: mono - Math.max(0, wallNow - wall), wall };
  }

  function add(runId: string, known: Partial<Entry> & Pick<Entry, 'expiresAt'>): Entry {
    const entry = newEntry(runId, { receivedAt: now(), ...known });
    entries.set(runId, entry);
    return entry;
  }

  for (const record of records) {
    if (record.of === 'received') {
      const { due, at, expiresAt } = record;
      // The clock may have been set: a run never waits longer than it was given.
      const left = Math.min(Math.max(0, expiresAt - clock.wallMs()), due.expiresInSeconds * 1000);
      const expires = { mono: clock.monotonicMs() + left, wall: expiresAt };
      const unsaid = new Set(['received'] as const);
      add(due.runId, { due, receivedAt: past(at), expiresAt: expires, unsaid });
      continue;
    }
    const expiresAt = 'expiresAt' in record ? { mono: 0, wall: record.expiresAt } : later(now(), 0);
    const entry = entries.get(record.runId) ?? add(record.runId, { expiresAt });
    if (record.of === 'running') {
      Object.assign(entry, { state: 'running', startedAt: past(record.at), boot: record.boot });
      continue;
    }
    Object.assign(entry, { overAt: past(record.at), due: undefined, isSettled: record.of === 'settled' });
    if (record.of === 'over') Object.assign(entry, { ending: record.ending, state: record.ending.state });
    else entry.state = record.state;
    entry.unsaid = new Set(entry.isSettled ? [] : ['over']);
  }
  return [...entries.values()];
}
