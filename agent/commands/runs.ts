import { buildReport, type SentReport } from './build-report';
import type { Disk } from './disk';
import { endedBy, foundRunning } from './ending';
import { type Entry, later, type Moment, momentOf, newEntry, recordsOf, type Stop, unsayAll } from './entry';
import { hasRoom } from './has-room';
import { openJournal, type Ending, type JournalRecord } from './journal';
import { words } from '../../words/words';
import { type Admission, type Clock, inDetail, type Processes } from './machine';
import { GRACE_SECONDS, type CommandReportAnswer, type DueRun } from './protocol';
import { readEntries } from './read-entries';
import { openSpool, spooledRuns } from './spool';
import { createTimers } from './timers';

/** The disk did not take something: tried again after so long. */
const RETRY_MS = 5_000;

/** How long a process may take to vanish after the hard signal, before its run is over without it. */
const VANISH_MS = 5_000;

/** Runs that are known and not settled; beyond them no more are taken, and the server keeps them. */
const MAX_OPEN = 500;

/** So many ids of runs that are settled are kept, and those that have not expired: a run is never begun twice. */
const MAX_SETTLED = 2_000;

/** The longest a run may wait, by the wire. */
const LONGEST_EXPIRY_MS = 2_592_000_000;

export interface RunsOptions {
  disk: Disk;
  clock: Clock;
  processes: Processes;
  /** Reads what was told, and applies agent.yaml and the machine's abilities. */
  admit: (told: DueRun['command']) => Admission;
  /** Runs at a time. */
  concurrency: () => number;
  /** Bytes of output that are kept of a run. */
  outputBytes: () => number;
  /** There is something to report, perhaps. */
  onNews: () => void;
  /** Nothing runs, and the disk has how all that ran ended. Told again and again. */
  onIdle?: (() => void) | undefined;
  /** Of a run that another process of the agent began and did not end. */
  onFoundRunning: (runId: string) => void;
  /** The disk did not take what must be kept: said of each failure. */
  onDiskFailure: (error: unknown) => void;
}

/** All that this machine has been commanded. It survives connections; what it must not forget survives the process. */
export interface Runs {
  /** The server told what is due, in order. What is known already is answered again. */
  told(due: readonly DueRun[]): void;
  cancel(runIds: readonly string[]): void;
  /**
   * What the server is to hear, or null. The next one says it again, unless this one was acknowledged.
   *
   * @param isSingly one thing only
   */
  nextReport(isSingly?: boolean): SentReport | null;
  acknowledged(sent: SentReport, answer: CommandReportAnswer): void;
  /** The newest lines of the journal. */
  journalTail(bytes: number): string;
  /** Ends what runs, and forgets all of it: from now on this machine is another one. */
  forget(): void;
}

export function openRuns(options: RunsOptions): Runs {
  const { disk, clock, processes, admit, concurrency, outputBytes, onNews, onIdle, onFoundRunning, onDiskFailure } =
    options;
  /** In the order in which they were received. */
  const entries = new Map<string, Entry>();
  const settled = new Set<string>();
  /** Told, and not received yet: the disk did not take them, or there is no room. */
  let waiting: readonly DueRun[] = [];
  const { at, stopAll } = createTimers(clock);
  let isForgotten = false;
  /** The journal has secrets of runs that are over. */
  let hasOldSecrets = false;
  const journal = openJournal(disk, () => [...entries.values()].flatMap(recordsOf));
  recover();
  advance();

  return {
    told(due) {
      for (const { runId } of due) sayAgain(entries.get(runId));
      waiting = due.filter(({ runId }) => !entries.has(runId));
      advance();
    },
    cancel(runIds) {
      waiting = waiting.filter(({ runId }) => !runIds.includes(runId));
      for (const runId of runIds) {
        const entry = entries.get(runId);
        if (!entry) finish(addEntry(runId, { expiresAt: inMs(LONGEST_EXPIRY_MS) }), { state: 'cancelled' });
        else if (entry.state === 'received') finish(entry, { state: 'cancelled' });
        else if (entry.state === 'running') stop(entry, 'cancelled');
        else sayAgain(entry);
      }
      advance();
    },
    nextReport: (isSingly = false) => buildReport(open(), { mono: clock.monotonicMs(), wakeAt, isSingly }),
    acknowledged(sent, { over }) {
      for (const { entry, said, upTo } of sent.parts) {
        if (upTo !== undefined) entry.spool?.acknowledge(upTo);
        for (const what of said) entry.unsaid.delete(what);
        entry.isConfirmed ||= said.includes('received');
        if (entry.state === 'received' && over.includes(entry.runId)) {
          entry.isUnwanted = true;
          finish(entry, { state: 'cancelled' });
        }
      }
      advance();
    },
    journalTail: (bytes) => journal.tail(bytes),
    forget() {
      isForgotten = true;
      for (const entry of open()) if (entry.state === 'running') processes.end(entry.runId, 'at_once');
      stopAll();
      for (const name of disk.list()) disk.remove(name);
    },
  };

  function now(): Moment {
    return momentOf(clock);
  }

  function inMs(ms: number): Moment {
    return later(now(), ms);
  }

  function open(): Entry[] {
    return [...entries.values()].filter(({ isSettled }) => !isSettled);
  }

  function addEntry(runId: string, known: Partial<Entry> & Pick<Entry, 'expiresAt'>): Entry {
    const entry = newEntry(runId, { receivedAt: now(), ...known });
    entries.set(runId, entry);
    return entry;
  }

  /** What the journal has, and what became of it while no agent ran. */
  function recover(): void {
    for (const entry of readEntries(journal.records, clock)) entries.set(entry.runId, entry);
    for (const record of journal.records) {
      if (record.of === 'settled') settled.add(record.runId);
      if (record.of === 'received') hasOldSecrets ||= hasSecret(record.due);
    }
    for (const runId of spooledRuns(disk)) {
      const entry = entries.get(runId);
      const spool = openSpool(disk, runId, outputBytes());
      if (entry && !entry.isSettled) entry.spool = spool;
      else spool.remove();
    }
    for (const entry of open()) {
      if (entry.state === 'running') {
        onFoundRunning(entry.runId);
        finish(entry, foundRunning(entry, processes.boot));
      } else if (entry.state === 'received') readCommand(entry);
    }
  }

  function readCommand(entry: Entry): void {
    const admission = admit(entry.due!.command);
    if ('command' in admission) entry.command = admission.command;
    else finish(entry, { state: 'rejected', ...admission });
  }

  /** Does all that can be done now. What the disk does not take stays as it was, and is tried again. */
  function advance(): void {
    if (isForgotten) return;
    try {
      receive();
      keepEndings();
      expire();
      keepEndings();
      settle();
      startNext();
      keepEndings();
      forgetSecrets();
      if (open().every(({ state }) => state !== 'running')) onIdle?.();
    } catch (error) {
      onDiskFailure(error);
      at('retry', clock.monotonicMs() + RETRY_MS, advance);
    }
    onNews();
  }

  function receive(): void {
    const taken = waiting.slice(0, Math.max(0, MAX_OPEN - (entries.size - settled.size)));
    if (taken.length === 0) return;
    const [receivedAt, wall] = [now(), clock.wallMs()];
    journal.add(taken.map((due) => ({ of: 'received', due, at: wall, expiresAt: wall + due.expiresInSeconds * 1000 })));
    waiting = waiting.slice(taken.length);
    for (const due of taken) {
      const unsaid = new Set(['received'] as const);
      const expiresAt = inMs(due.expiresInSeconds * 1000);
      readCommand(addEntry(due.runId, { due, receivedAt, expiresAt, unsaid, isConfirmed: true }));
    }
  }

  function expire(): void {
    let next = Infinity;
    for (const entry of open()) {
      if (entry.state !== 'received' || entry.ending) continue;
      if (entry.expiresAt.mono <= clock.monotonicMs()) finish(entry, { state: 'expired' });
      else next = Math.min(next, entry.expiresAt.mono);
    }
    at('expiry', next, advance);
  }

  /** In their order: the first that waits holds up those behind it. */
  function startNext(): void {
    for (const entry of open()) {
      if (entry.state !== 'received' || entry.ending) continue;
      const running = open().flatMap(({ state, command }) => (state === 'running' && command ? [command.kind] : []));
      if (!entry.isConfirmed || !hasRoom(entry.command!.kind, running, concurrency())) break;
      // What was let through when it came may have been forbidden since.
      readCommand(entry);
      if (!entry.ending) start(entry);
    }
  }

  function start(entry: Entry): void {
    const startedAt = now();
    const spool = openSpool(disk, entry.runId, outputBytes());
    // Before anything happens: after a crash this line is why it is not begun again.
    journal.add([{ of: 'running', runId: entry.runId, at: startedAt.wall, boot: processes.boot }]);
    Object.assign(entry, { state: 'running', startedAt, boot: processes.boot, spool });
    entry.unsaid.add('running');
    at(entry.runId, startedAt.mono + entry.due!.timeoutSeconds * 1000, () => stop(entry, 'timed_out'));
    processes.start(entry.runId, entry.command!, {
      output(stream, bytes) {
        if (entry.ending || isForgotten) return;
        spool.append(stream, bytes);
        onNews();
      },
      ended(exit) {
        if (entry.ending) return;
        finish(entry, endedBy(exit, entry.stop));
        advance();
      },
    });
  }

  /** The polite signal, after the grace the hard one, and when even that does not end it the run ends without it. */
  function stop(entry: Entry, why: Stop): void {
    if (entry.stop || entry.ending) return;
    entry.stop = why;
    processes.end(entry.runId, 'politely');
    at(entry.runId, clock.monotonicMs() + GRACE_SECONDS * 1000, () => {
      processes.end(entry.runId, 'at_once');
      at(entry.runId, clock.monotonicMs() + VANISH_MS, () => {
        finish(entry, { state: why, ...inDetail(words('agent.run.not_ended')) });
        advance();
      });
    });
  }

  /** It is over. The journal hears of it at the next `advance`, and the server after that. */
  function finish(entry: Entry, ending: Ending): void {
    if (entry.ending) return;
    at(entry.runId, Infinity, () => {});
    const durationMs = entry.state === 'running' && ending.state !== 'unknown' ? since(entry.startedAt!) : undefined;
    entry.ending = { ...ending, durationMs, outputBytes: entry.spool?.total ?? 0 };
    entry.overAt = now();
    entry.isKept = false;
  }

  function since({ mono }: Moment): number {
    return Math.max(0, Math.round(clock.monotonicMs() - mono));
  }

  function keepEndings(): void {
    const unkept = open().filter(({ isKept }) => !isKept);
    if (unkept.length === 0) return;
    // The output first: a run that is said to be over has all of it.
    for (const { spool } of unkept) spool?.sync();
    journal.add(
      unkept.map(({ runId, overAt, expiresAt, ending }): JournalRecord => {
        return { of: 'over', runId, at: overAt!.wall, expiresAt: expiresAt.wall, ending: ending! };
      }),
    );
    for (const entry of unkept) {
      entry.isKept = true;
      entry.state = entry.ending!.state;
      hasOldSecrets ||= entry.due !== undefined && hasSecret(entry.due);
      entry.due = entry.command = undefined;
      // Whoever does not want it any more has said how it ended.
      if (entry.isUnwanted) entry.unsaid.clear();
      else entry.unsaid.add('over');
    }
  }

  /** A secret is on this disk for as long as it may be needed. */
  function forgetSecrets(): void {
    if (hasOldSecrets) journal.compact();
    hasOldSecrets = false;
  }

  /** Whoever tells it again has not heard all that was said. */
  function sayAgain(entry: Entry | undefined): void {
    if (!entry) return;
    if (entry.isSettled) {
      entry.isSettled = false;
      settled.delete(entry.runId);
    }
    unsayAll(entry);
  }

  /** What the server has whole is let go, but for the id. */
  function settle(): void {
    const done = open().filter(({ unsaid, overAt, isKept }) => unsaid.size === 0 && overAt !== undefined && isKept);
    for (const entry of done) {
      entry.isSettled = true;
      settled.add(entry.runId);
      entry.spool?.remove();
      entry.spool = undefined;
    }
    for (const runId of settled) {
      if (settled.size <= MAX_SETTLED || entries.get(runId)!.expiresAt.wall > clock.wallMs()) break;
      settled.delete(runId);
      entries.delete(runId);
    }
    // Forgotten in a crash, it is said once more.
    if (done.length > 0) journal.add(done.flatMap(recordsOf), true);
  }

  function wakeAt(mono: number): void {
    at('report', mono, onNews);
  }
}

/** Of whatever kind, also of a later one. */
const hasSecret = ({ command }: DueRun) => JSON.stringify(command).includes('"isSecret":true');
