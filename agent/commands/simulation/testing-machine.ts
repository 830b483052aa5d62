import type { Exit, Processes } from '../machine';
import type { Runs } from '../runs';
import { createTestDisk } from '../testing-disk';
import { awayMs, isFinal, LOCK, type World } from './testing-world';

class Crash extends Error {}

/** What a machine does with its connection. */
interface Line {
  connect(life: number): void;
  lose(): void;
  send(): void;
}

export type Machine = ReturnType<typeof createMachine>;

/** A machine with a disk and processes, and the agent on it, which is started again and again. */
export function createMachine(world: World, network: () => Line) {
  const { rules, truths, rows, likely, now, at, next, chance, between, isFaulty, say, wrong } = world;
  const { disk, state: diskState, losePower } = createTestDisk(next);
  let life = 0;
  let boot = 0;
  let deaths = 0;
  let running = 0;
  let dying: string | null = null;
  let runs: Runs | null = null;

  diskState.beforeWrite = (what) => {
    // Whatever catches it: a process that died writes nothing more, and says nothing.
    if (isFaulty() && chance(likely.crashAtWrite)) dying ??= what;
    if (dying) throw new Crash(dying);
  };

  /** Something that the agent of this life does, unless that is over by then. */
  const ofLife = (mine: number, act: (runs: Runs) => void) => () => {
    if (mine === life && runs) attempt(() => act(runs!));
  };

  function attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    if (dying) crash(`in the middle of a ${dying}`, chance(0.5), true);
  }

  function start(): void {
    const mine = ++life;
    running = 0;
    say(`the agent starts (${mine})`);
    runs = rules.openRuns({
      disk,
      processes: processesOf(mine, now()),
      clock: {
        monotonicMs: now,
        wallMs: () => now() + world.wallOffset,
        after: (ms, act) => at(now() + ms, ofLife(mine, act)),
      },
      admit: (told) => (told.kind === 'teleport' ? { reason: 'malformed' } : { command: { kind: 'list_processes' } }),
      concurrency: () => LOCK.concurrency,
      outputBytes: () => LOCK.outputBytes,
      onNews: () => at(now(), ofLife(mine, network().send)),
      onFoundRunning: () => undefined,
      onDiskFailure: (error) => {
        if (error instanceof Crash || !(error as NodeJS.ErrnoException).code) throw error;
      },
    });
    if (!dying) network().connect(mine);
  }

  const processesOf = (mine: number, startedAt: number): Processes => ({
    boot: `boot-${boot}`,
    start(runId, _command, on) {
      const truth = truths.get(runId)!;
      truth.begun++;
      say(`${runId} begins`);
      if (truth.begun > 1) return wrong(`${runId} was begun twice`);
      const { deadline, overAt } = rows.get(runId)!;
      if (deadline === Infinity && overAt < startedAt) wrong(`${runId} began, and was over before its agent did`);
      if (++running > LOCK.concurrency) wrong('more run than may at once');
      let isOver = false;
      truth.end = (exit) => {
        if (isOver) return;
        isOver = true;
        if (mine === life) running--;
        truth.endedAt = now();
        if (mine === life && isFaulty() && chance(likely.crashAtEnd))
          at(now() + between(0, 60), () => mine === life && runs && crash('soon after the end of a run', chance(0.8)));
        ofLife(mine, () => on.ended(exit))();
      };
      for (const { afterMs, stream, bytes } of truth.plan) {
        const write = ofLife(mine, () => {
          if (isOver) return;
          truth.wasFull ||= diskState.isFull;
          truth.written = Buffer.concat([truth.written, bytes]);
          for (let left = bytes.length; left > 0; left--) truth.streams.push(stream);
          on.output(stream, bytes);
        });
        at(now() + afterMs, write);
      }
      at(now() + truth.lastsMs, () => truth.end!(truth.exit));
    },
    end(runId, how) {
      const truth = truths.get(runId)!;
      say(`${runId} is told to end ${how}`);
      const exit: Exit = { signal: how === 'politely' ? 'SIGTERM' : 'SIGKILL' };
      if (how === 'at_once' || truth.hearsPolite) at(now() + between(0, 500), () => truth.end?.(exit));
    },
  });

  function crash(why: string, isPower: boolean, isMidWrite = false): void {
    say(`the agent dies ${why}${isPower ? ', and the machine with it' : ''}`);
    life++;
    deaths++;
    dying = null;
    runs = null;
    network().lose();
    for (const truth of truths.values()) {
      const isSettled = isFinal(rows.get(truth.due.runId)!.said?.state ?? 'received');
      if (truth.begun > 0 && !isSettled) truth.isInterrupted = true;
      truth.isDoubtful ||= isMidWrite;
      if (isPower) truth.end?.({ signal: 'SIGKILL' });
    }
    if (isPower) {
      boot++;
      losePower();
    }
    at(now() + awayMs(world, 5_000), () => {
      if (!runs) attempt(start);
    });
  }

  return {
    start: () => attempt(start),
    crash(why: string, isPower: () => boolean) {
      if (runs) crash(why, isPower());
    },
    setFull: (isFull: boolean) => void (diskState.isFull = isFull),
    /** How often it died. */
    deaths: () => deaths,
    runs: () => runs,
    /** Which of its lives this is. */
    life: () => life,
    isAlive: (mine: number) => mine === life && runs !== null && !dying,
    whileAlive: (act: (runs: Runs) => void) => ofLife(life, act),
  };
}
