/**
 * An agent's runs against a server, over a network, a disk, a clock and processes that are all made up from one seed.
 * The rules of both ends are those that ship. Not part of the agent. The same seed is the same history.
 */
import type { Folded, FoldedRun, Report } from '../../server/commands/fold-reports';
import type { RunState as RowState } from '../../server/commands/run-states';
import type { RunsOptions, Runs, Exit, Processes } from './runs';
import { GRACE_SECONDS, type CommandReport, type DueRun, type RunState, type RunUpdate } from './protocol';
import type { Stream } from './spool';
import { createTestDisk } from './testing-disk';

/** Small, so that output is longer than it now and then. */
const OUTPUT_BYTES = 3_000;
const CONCURRENCY = 2;
/** Faults happen for so long; then everything works, and must come to its end. */
const FAULTY_MS = 120_000;
const CALM_MS = 3_600_000;
/** The longest that a machine is away. */
const AWAY_MS = 90_000;
/** A history has about a thousand. */
const MOST_STEPS = 100_000;
const FINAL = new Set<RunState>(['succeeded', 'failed', 'timed_out', 'cancelled', 'rejected', 'expired', 'unknown']);

/** The rules of the two ends. */
export interface Rules {
  openRuns(options: RunsOptions): Runs;
  foldReports(reports: readonly Report[], find: (runId: string) => FoldedRun | undefined): Folded;
  mayFollow(state: RowState, next: RowState): boolean;
  NOT_REPORTED: string;
}

/** As `DEADLINES` of the server has it, in SQL. */
const SLACK_MS = 30_000;
const SWEEP_MS = 10_000;

class Crash extends Error {}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a run really does and did, which only the simulation knows. */
interface Truth {
  due: DueRun;
  /** What it would write, when, and how it would end. */
  plan: { afterMs: number; stream: Stream; bytes: Buffer }[];
  lastsMs: number;
  exit: Exit;
  hearsPolite: boolean;
  begun: number;
  /** All that it wrote while an agent listened, and of which stream each byte was. */
  written: Buffer;
  streams: Stream[];
  /** An agent died while it ran, or before what it saw was kept. */
  isInterrupted: boolean;
  /** An agent died in the middle of a write, perhaps of the one that it begins. */
  isDoubtful: boolean;
  /** The disk was full while it wrote. */
  wasFull: boolean;
  madeAt: number;
  cancelledAt: number;
  endedAt: number;
  end?: (exit: Exit) => void;
}

/** A row of the server. */
interface Row {
  run: FoldedRun;
  /** When its state ends by itself; Infinity once it is over. */
  deadline: number;
  isCancelRequested: boolean;
  overAt: number;
  /** When the server itself ended it last. */
  sweptAt: number;
  /** How it ended as the agent said, and when it was heard. */
  said: RunUpdate | null;
  saidAt: number;
  /** How many deaths of the agent there were before it was made. */
  deaths: number;
  /** There were none until it was said. */
  isUndisturbed: boolean;
  stored: { stream: Stream; offset: number; bytes: Buffer }[];
}

export interface History {
  seed: number;
  /** What went wrong; empty when nothing did. */
  faults: string[];
  /** What happened, a line each, in order. */
  log: string[];
}

/** Plays the history of a seed. `isLogged`: with what happened in it, which takes a third of the time. */
export function simulate(
  seed: number,
  { openRuns, foldReports, mayFollow, NOT_REPORTED }: Rules,
  isLogged = false,
): History {
  const random = randomFrom(seed);
  const chance = (share: number) => random() < share;
  const between = (least: number, most: number) => least + random() * (most - least);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const log: string[] = [];
  const faults: string[] = [];
  let now = 0;
  let wallOffset = 1_700_000_000_000;
  const say = (line: string) => void (isLogged && log.push(`${now.toFixed(0).padStart(8)} ${line}`));
  const wrong = (what: string) => {
    if (!faults.includes(what)) faults.push(what);
    say(`WRONG: ${what}`);
  };

  // The clock, and everything that is to happen.
  let events: { at: number; nth: number; act: () => void }[] = [];
  let nth = 0;
  const at = (when: number, act: () => void) => {
    const event = { at: Math.max(now, when), nth: nth++, act };
    let low = 0;
    for (let high = events.length; low < high;) {
      const middle = (low + high) >> 1;
      const other = events[middle]!;
      if (other.at < event.at || (other.at === event.at && other.nth < event.nth)) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, event);
    return () => void (events = events.filter((other) => other !== event));
  };
  const isFaulty = () => now < FAULTY_MS;

  const truths = new Map<string, Truth>();
  const rows = new Map<string, Row>();
  const { disk, state: diskState, losePower } = createTestDisk(random);
  // How likely each kind of fault is differs from history to history: all at once hide one another.
  const likely = {
    crashAtWrite: pick([0, 0, 0.01, 0.05]),
    crashAtEnd: pick([0, 0, 0.2]),
    cut: pick([0, 0.02, 0.1]),
    away: pick([0, 0, 0.3]),
    lateDelivery: pick([0, 0.5]),
    serverCrash: pick([0, 0.03]),
    full: chance(0.2),
    jumps: chance(0.3),
  };
  diskState.beforeWrite = (what) => {
    // Whatever catches it: a process that died writes nothing more, and says nothing.
    if (isFaulty() && chance(likely.crashAtWrite)) dying ??= what;
    if (dying) throw new Crash(dying);
  };

  const awayMs = (most: number) =>
    isFaulty() && chance(likely.away) ? between(AWAY_MS / 3, AWAY_MS) : between(1, most);

  // The agent: a process that is started again and again.
  let life = 0;
  let boot = 0;
  let deaths = 0;
  let running = 0;
  let dying: string | null = null;
  let runs: Runs | null = null;
  let connection: { isOpen: boolean; isSending: boolean } | null = null;
  const guarded = (mine: number, act: () => void) => () => {
    if (mine !== life || !runs) return;
    attempt(act);
  };
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    if (dying) crash(`in the middle of a ${dying}`, chance(0.5), true);
  };

  function startAgent(): void {
    const mine = ++life;
    const startedAt = now;
    running = 0;
    say(`the agent starts (${mine})`);
    const processes: Processes = {
      boot: `boot-${boot}`,
      start(runId, _command, on) {
        const truth = truths.get(runId)!;
        truth.begun++;
        say(`${runId} begins`);
        if (truth.begun > 1) return wrong(`${runId} was begun twice`);
        const { deadline, overAt } = rows.get(runId)!;
        if (deadline === Infinity && overAt < startedAt) wrong(`${runId} began, and was over before its agent did`);
        if (++running > CONCURRENCY) wrong('more run than may at once');
        const listening = (act: () => void) => () => (mine === life && runs ? attempt(act) : undefined);
        let isOver = false;
        truth.end = (exit) => {
          if (isOver) return;
          isOver = true;
          if (mine === life) running--;
          truth.endedAt = now;
          if (mine === life && isFaulty() && chance(likely.crashAtEnd))
            at(now + between(0, 60), () => mine === life && runs && crash('soon after the end of a run', chance(0.8)));
          listening(() => on.ended(exit))();
        };
        for (const { afterMs, stream, bytes } of truth.plan) {
          at(
            now + afterMs,
            listening(() => {
              if (isOver) return;
              truth.wasFull ||= diskState.isFull;
              truth.written = Buffer.concat([truth.written, bytes]);
              for (let left = bytes.length; left > 0; left--) truth.streams.push(stream);
              on.output(stream, bytes);
            }),
          );
        }
        at(now + truth.lastsMs, () => truth.end!(truth.exit));
      },
      end(runId, how) {
        const truth = truths.get(runId)!;
        say(`${runId} is told to end ${how}`);
        const end = () => truth.end?.({ signal: how === 'politely' ? 'SIGTERM' : 'SIGKILL' });
        if (how === 'at_once' || truth.hearsPolite) at(now + between(0, 500), end);
      },
    };
    const opened = openRuns({
      disk,
      processes,
      clock: {
        monotonicMs: () => now,
        wallMs: () => now + wallOffset,
        after: (ms, act) => at(now + ms, guarded(mine, act)),
      },
      admit: (told) => (told.kind === 'teleport' ? { reason: 'malformed' } : { command: { kind: 'list_processes' } }),
      concurrency: CONCURRENCY,
      outputBytes: OUTPUT_BYTES,
      onNews: () => at(now, guarded(mine, send)),
      onFoundRunning: () => undefined,
      onDiskFailure: (error) => {
        if (error instanceof Crash || !(error as NodeJS.ErrnoException).code) throw error;
      },
    });
    runs = opened;
    connect(mine);
  }

  function crash(why: string, isPower: boolean, isMidWrite = false): void {
    say(`the agent dies ${why}${isPower ? ', and the machine with it' : ''}`);
    life++;
    deaths++;
    dying = null;
    runs = null;
    if (connection) connection.isOpen = false;
    connection = null;
    for (const truth of truths.values()) {
      const isBegun = truth.begun > 0;
      const isSettled = FINAL.has(rows.get(truth.due.runId)!.said?.state ?? 'received');
      if (isBegun && !isSettled) truth.isInterrupted = true;
      truth.isDoubtful ||= isMidWrite;
      if (isPower) truth.end?.({ signal: 'SIGKILL' });
    }
    if (isPower) {
      boot++;
      losePower();
    }
    at(now + awayMs(5_000), () => {
      if (!runs) attempt(startAgent);
    });
  }

  // The network: in order on one connection; what was under way when that was cut may arrive all the same, and late.
  function connect(mine: number): void {
    if (mine !== life || !runs || dying || connection?.isOpen) return;
    const opened = { isOpen: true, isSending: false };
    connection = opened;
    say('they are connected');
    look();
    send();
    const mayCut = () => {
      if (!opened.isOpen || !isFaulty()) return;
      if (chance(likely.cut)) return cut(opened, mine);
      at(now + between(100, 2_000), mayCut);
    };
    at(now + between(1, 2_000), mayCut);
  }

  function cut(which: { isOpen: boolean }, mine: number): void {
    if (!which.isOpen) return;
    say('the connection is cut');
    which.isOpen = false;
    if (mine === life) at(now + awayMs(3_000), () => connect(life));
  }

  /** The server's inbox of the connection: it tells what is true now. */
  function look(): void {
    const [mine, opened] = [life, connection];
    if (!opened?.isOpen) return;
    const open = [...rows.values()].filter(({ deadline }) => deadline > now && deadline < Infinity);
    const due = open
      .filter(({ run, isCancelRequested }) => !isCancelRequested && ['queued', 'sent'].includes(run.state))
      .slice(0, 3)
      .map((row) => {
        // It is `sent` before it is told.
        if (mayFollow(row.run.state, 'sent')) become(row, 'sent');
        const truth = truths.get(row.run.commandId)!;
        return { ...truth.due, expiresInSeconds: Math.max(0, (expiryOf(truth) - now) / 1000) };
      });
    if (due.length > 0 && isFaulty() && chance(likely.serverCrash)) {
      say('the server dies before it tells what is sent');
      return cut(opened, mine);
    }
    const cancelled = open.filter(({ isCancelRequested }) => isCancelRequested);
    const arrive = guarded(mine, () => {
      if (!opened.isOpen) return;
      if (due.length > 0) runs!.told(due);
      if (cancelled.length > 0) runs?.cancel(cancelled.map(({ run }) => run.commandId));
    });
    at(now + between(1, 50), arrive);
  }

  /** The agent's reporting: one report at a time. */
  function send(): void {
    const [mine, opened] = [life, connection];
    if (!opened?.isOpen || opened.isSending || !runs) return;
    const sent = runs.nextReport();
    if (!sent) return;
    opened.isSending = true;
    const wire = JSON.stringify(sent.report);
    const arrive = () => {
      if (isFaulty() && chance(likely.serverCrash)) {
        say('the server dies before it has stored a report');
        return cut(opened, mine);
      }
      const over = store(JSON.parse(wire) as CommandReport);
      if (isFaulty() && chance(likely.serverCrash)) {
        say('the server dies before it answers a report');
        return cut(opened, mine);
      }
      at(
        now + between(1, 50),
        guarded(mine, () => {
          if (!opened.isOpen) return;
          opened.isSending = false;
          runs!.acknowledged(sent, { over });
          send();
        }),
      );
      look();
    };
    at(now + between(1, 50), () => {
      if (opened.isOpen) return arrive();
      if (chance(likely.lateDelivery))
        at(now + between(0, 10_000), () => void store(JSON.parse(wire) as CommandReport));
    });
  }

  // The server's rows. Each of these is one transaction.
  const expiryOf = ({ madeAt, due }: Truth) => madeAt + due.expiresInSeconds * 1000;
  function become(row: Row, state: RowState): void {
    const truth = truths.get(row.run.commandId)!;
    row.run.state = state;
    row.deadline = Infinity;
    row.overAt = now;
    if (state === 'sent' || state === 'received') row.deadline = expiryOf(truth) + SLACK_MS;
    if (state === 'running') row.deadline = now + (truth.due.timeoutSeconds + GRACE_SECONDS) * 1000 + SLACK_MS;
  }

  function store(report: CommandReport): string[] {
    const before = new Map([...rows].map(([runId, { run }]) => [runId, run.state]));
    const over: string[] = [];
    const { runs, output } = foldReports([{ hostId: 'host', report, at: now, over }], (runId) => rows.get(runId)?.run);
    for (const { commandId, stream, offset, bytes } of output)
      rows.get(commandId)!.stored.push({ stream, offset, bytes });
    for (const run of runs) if (run.state !== before.get(run.commandId)) become(rows.get(run.commandId)!, run.state);
    for (const update of report.updates) {
      const { runId, state } = update;
      const row = rows.get(runId)!;
      say(`the server hears that ${runId} is ${state}, and has it as ${row.run.state}`);
      if (!FINAL.has(state)) continue;
      if (row.said && row.said.state !== state) wrong(`${runId} was ${row.said.state} and then ${state}`);
      if (!row.said) Object.assign(row, { said: update, saidAt: now, isUndisturbed: row.deaths === deaths });
    }
    return over;
  }

  function cancel(row: Row): void {
    if (row.deadline === Infinity) return;
    if (row.run.state === 'queued') become(row, 'cancelled');
    else row.isCancelRequested = true;
  }

  function sweep(): void {
    for (const row of rows.values()) {
      if (row.deadline > now) continue;
      row.sweptAt = now;
      const isUnknown = mayFollow(row.run.state, 'unknown');
      become(row, isUnknown ? 'unknown' : 'expired');
      if (isUnknown) row.run.reason = NOT_REPORTED;
      say(`the server takes ${row.run.commandId} for ${row.run.state}`);
    }
    at(now + SWEEP_MS, sweep);
  }
  at(0, sweep);

  // People.
  const made = 3 + Math.floor(random() * 8);
  const spreadMs = pick([FAULTY_MS * 0.8, 3_000]);
  for (let index = 0; index < made; index++) {
    const runId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    at(between(0, spreadMs), () => {
      const lastsMs = pick([0, between(0, 200), between(0, 30_000)]);
      const plan = Array.from({ length: pick([0, 1, 3, 20, 60]) }, () => ({
        afterMs: between(0, lastsMs),
        stream: pick(['stdout', 'stderr'] as const),
        bytes: Buffer.from(Array.from({ length: 1 + Math.floor(random() * 90) }, () => Math.floor(random() * 256))),
      })).sort((a, b) => a.afterMs - b.afterMs);
      truths.set(runId, {
        due: {
          runId,
          command: { kind: chance(0.05) ? 'teleport' : 'list_processes' },
          timeoutSeconds: pick([1, 20, 600]),
          expiresInSeconds: pick([5, 60, 1_000]),
        },
        plan,
        lastsMs: chance(0.1) ? Infinity : lastsMs,
        exit: pick<Exit>([{ exitCode: 0 }, { exitCode: 3 }, { signal: 'SIGSEGV' }]),
        hearsPolite: chance(0.7),
        begun: 0,
        written: Buffer.alloc(0),
        streams: [],
        isInterrupted: false,
        isDoubtful: false,
        wasFull: false,
        madeAt: now,
        cancelledAt: Infinity,
        endedAt: Infinity,
      });
      rows.set(runId, {
        ...{
          run: queued(runId),
          deadline: expiryOf(truths.get(runId)!),
          isCancelRequested: false,
          sweptAt: -Infinity,
          overAt: Infinity,
        },
        ...{ said: null, saidAt: 0, deaths, isUndisturbed: false, stored: [] },
      });
      say(`${runId} is commanded`);
      look();
      if (chance(0.2)) {
        at(now + between(0, 30_000), () => {
          if (rows.get(runId)!.deadline === Infinity) return;
          say(`${runId} is cancelled`);
          truths.get(runId)!.cancelledAt = now;
          cancel(rows.get(runId)!);
          look();
        });
      }
    });
  }
  // The rest of the world.
  for (let crashes = pick([0, 1, 3, 6]); crashes > 0; crashes--) {
    at(between(0, FAULTY_MS), () => runs && crash('of a signal', chance(0.5)));
  }
  if (likely.full) {
    const from = between(0, FAULTY_MS);
    at(from, () => {
      say('the disk is full');
      diskState.isFull = true;
    });
    at(Math.min(FAULTY_MS, from + between(0, 30_000)), () => {
      say('the disk has room');
      diskState.isFull = false;
    });
  }
  if (likely.jumps) {
    for (let jumps = 3; jumps > 0; jumps--) {
      at(between(0, pick([FAULTY_MS, 30_000])), () => {
        wallOffset += pick([-1, 1]) * pick([5_000, 3_600_000, 86_400_000]);
        say('the clock is set');
      });
    }
  }
  attempt(startAgent);
  let steps = 0;
  for (let event; (event = events.shift()) && event.at <= FAULTY_MS + CALM_MS;) {
    now = event.at;
    event.act();
    if (++steps > MOST_STEPS) {
      wrong('it never came to rest');
      break;
    }
  }
  for (const [runId, truth] of truths) judge(runId, truth);
  return { seed, faults, log };

  function judge(runId: string, truth: Truth): void {
    const { run, deadline, sweptAt, said, saidAt, isUndisturbed, stored } = rows.get(runId)!;
    const { isInterrupted, wasFull, written, streams } = truth;
    if (deadline < Infinity) wrong(`${runId} is ${run.state} for ever`);
    if (!said) {
      // The server's own word: nobody was told, or nobody answered in time.
      if (run.state !== 'unknown' && truth.begun > 0) wrong(`${runId} is ${run.state}, and was begun`);
      if (!['unknown', 'expired', 'cancelled'].includes(run.state))
        wrong(`${runId} is ${run.state}, and nobody said so`);
      const wasInTime =
        run.state === 'cancelled' || sweptAt < FAULTY_MS + AWAY_MS + SLACK_MS + SWEEP_MS || likely.jumps;
      if (!wasInTime) wrong(`${runId} never came to an end that its agent told`);
      return;
    }
    const { state } = said;
    // Its word wins, however late it comes.
    if (run.state !== state) wrong(`${runId} is ${run.state}, and its agent said ${state}`);
    if (run.overruled && sweptAt === -Infinity) wrong(`${runId} overruled nothing`);
    // What was said is what happened.
    const was = truth.exit.exitCode === 0 ? 'succeeded' : 'failed';
    const isStopped = state === 'timed_out' || (state === 'cancelled' && truth.cancelledAt < Infinity);
    if (!isInterrupted && truth.begun === 1 && state !== was && !isStopped)
      wrong(`${runId} is ${state}, and was ${was}`);
    if (truth.begun === 0 && (state === 'succeeded' || state === 'failed'))
      wrong(`${runId} is ${state}, and never ran`);
    if (state === 'unknown' && !isInterrupted && !truth.isDoubtful)
      wrong(`${runId} is unknown, and nothing had happened to its agent`);
    if (isInterrupted && (state === 'succeeded' || state === 'failed') && state !== was)
      wrong(`${runId} is ${state}, and nobody saw that`);
    if (!isInterrupted && truth.begun > 0 && truth.endedAt === Infinity) wrong(`${runId} is ${state} while it runs`);
    const wantedAt = Math.max(truth.cancelledAt, FAULTY_MS + AWAY_MS);
    if (wantedAt < Infinity && !isInterrupted && truth.endedAt < Infinity && truth.endedAt > wantedAt + 60_000)
      wrong(`${runId} was cancelled and went on`);
    const isEarly = saidAt < truth.madeAt + truth.due.expiresInSeconds * 1000;
    if (state === 'expired' && isEarly && isUndisturbed) wrong(`${runId} expired before its time`);
    if (state === 'expired' && truth.begun > 0) wrong(`${runId} is expired, and was begun`);
    if (state === 'timed_out' && truth.lastsMs < truth.due.timeoutSeconds * 1000) wrong(`${runId} had time left`);
    if (state === 'rejected' && truth.due.command.kind !== 'teleport') wrong(`${runId} was refused`);
    const lasted = truth.due.timeoutSeconds + 2 * GRACE_SECONDS;
    if (!isInterrupted && (said.durationMs ?? 0) > lasted * 1000) wrong(`${runId} lasted too long`);
    // What is stored is what was written.
    let known = 0;
    for (const { stream, offset, bytes } of stored) {
      if (offset < known) wrong(`${runId} has bytes twice at ${offset}`);
      const isExact = bytes.equals(written.subarray(offset, offset + bytes.length));
      if (!isExact || bytes.some((_, index) => streams[offset + index] !== stream))
        wrong(`${runId} has other bytes at ${offset} than were written`);
      const isGapAllowed = wasFull || (offset > headOf(stored) && known >= Math.min(headOf(stored), offset));
      if (offset > known && !isGapAllowed) wrong(`${runId} has a gap at ${known}`);
      known = offset + bytes.length;
    }
    if (state === 'unknown' || wasFull) return;
    const total = said.outputBytes ?? 0;
    if (truth.begun === 1 && total !== written.length) wrong(`${runId} wrote ${written.length} bytes, not ${total}`);
    if (run.outputBytes !== total) wrong(`${runId} has not the last of its output`);
    const isStored = new Uint8Array(total);
    for (const { offset, bytes } of stored) isStored.fill(1, offset, offset + bytes.length);
    if (isStored.subarray(0, END_BYTES).includes(0) || isStored.subarray(-END_BYTES).includes(0))
      wrong(
        `${runId} has not the first and the last of its output: ${stored.map(({ offset, bytes }) => `${offset}+${bytes.length}`).join(' ')} of ${total}`,
      );
  }
}

const queued = (commandId: string): FoldedRun => ({
  ...{ commandId, hostId: 'host', state: 'queued', overruled: null, exitCode: null, signal: null, reason: null },
  ...{ detail: null, receivedAt: null, startedAt: null, endedAt: null, outputBytes: 0 },
});

/** So much is always kept of either end, whatever the pieces: half of the bound, but for what says of each what it is. */
const END_BYTES = OUTPUT_BYTES / 2 - 60 * 15 - 90;

/** Where the first gap may be. */
function headOf(stored: readonly { offset: number; bytes: Buffer }[]): number {
  let end = 0;
  for (const { offset, bytes } of stored) {
    if (offset > end) break;
    end = offset + bytes.length;
  }
  return end;
}
