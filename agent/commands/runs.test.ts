import { expect, it } from 'vitest';
import type { Admission, Exit } from './machine';
import { GRACE_SECONDS, type DueRun } from './protocol';
import { openRuns } from './runs';
import { createTestDisk } from './testing-disk';

const idOf = (nth: number) => `0190a1b2-0000-7000-8000-${String(nth).padStart(12, '0')}`;

const ABLE: Admission = { command: { kind: 'list_processes' } };

/** A machine that runs one command at a time, whose clock stands still until it is moved, and whose processes stay. */
function setUpMachine({ disk = createTestDisk().disk, admit = (): Admission => ABLE } = {}) {
  let nowMs = 0;
  let timers: { at: number; act: () => void }[] = [];
  const started: string[] = [];
  const endings = new Map<string, (exit: Exit) => void>();
  const told: string[] = [];
  let idle = 0;
  const runs = openRuns({
    disk,
    clock: {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs,
      after(ms, act) {
        const timer = { at: nowMs + ms, act };
        timers.push(timer);
        return () => void (timers = timers.filter((one) => one !== timer));
      },
    },
    processes: {
      boot: 'one',
      start(runId, _command, { ended }) {
        started.push(runId);
        endings.set(runId, ended);
      },
      end: (_runId, how) => void told.push(how),
    },
    admit,
    concurrency: () => 1,
    outputBytes: () => 1024,
    onNews: () => undefined,
    onIdle: () => idle++,
    onFoundRunning: () => undefined,
    onDiskFailure: (error) => {
      throw error;
    },
  });
  /** What it says until it has nothing more to say, to a server that takes it. */
  const report = () => {
    const updates = [];
    for (let sent; (sent = runs.nextReport()); runs.acknowledged(sent, { over: [] }))
      updates.push(...sent.report.updates);
    return updates;
  };
  const pass = (seconds: number) => {
    const until = nowMs + seconds * 1000;
    for (let next; (next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]);) {
      timers = timers.filter((one) => one !== next);
      nowMs = next.at;
      next.act();
    }
    nowMs = until;
  };
  return { runs, started, endings, told, report, pass, idle: () => idle };
}

const due = (nth: number): DueRun => ({
  runId: idOf(nth),
  command: { kind: 'list_processes' },
  timeoutSeconds: 60,
  expiresInSeconds: 600,
});

it.each([
  ['is out of time', (): void => undefined, 60, 'timed_out'],
  ['was cancelled', ({ runs }: ReturnType<typeof setUpMachine>) => runs.cancel([idOf(1)]), 0, 'cancelled'],
] as const)('lets go of what no signal ends once it %s, says so, and begins the next', (_why, stop, seconds, state) => {
  const machine = setUpMachine();
  const { runs, started, endings, told, report, pass } = machine;
  runs.told([due(1), due(2)]);
  report();
  expect(started).toEqual([idOf(1)]);
  stop(machine);
  pass(seconds);
  expect(told).toEqual(['politely']);
  pass(GRACE_SECONDS);
  expect(told).toEqual(['politely', 'at_once']);
  expect([started, report().filter(({ runId }) => runId === idOf(1))]).toEqual([[idOf(1)], []]);
  pass(5);
  expect(started).toEqual([idOf(1), idOf(2)]);
  const said = {
    ...{ runId: idOf(1), state, detail: 'its processes could not be ended' },
    said: { key: 'agent.run.not_ended', values: {} },
  };
  expect(report().filter(({ runId }) => runId === idOf(1))).toEqual([expect.objectContaining(said)]);
  // The kernel lets go of it after all.
  endings.get(idOf(1))!({ signal: 'SIGKILL' });
  expect(report().filter(({ runId }) => runId === idOf(1))).toEqual([]);
});

it('a run that was forbidden while it waited is refused when its turn comes, by the rule that forbids it', () => {
  const rule = { reason: 'forbidden_here', detail: 'commands.forbidden' } as const;
  let isForbidden = false;
  const { runs, started, endings, report } = setUpMachine({ admit: () => (isForbidden ? rule : ABLE) });
  runs.told([due(1), due(2), due(3)]);
  report();
  isForbidden = true;
  endings.get(idOf(1))!({ exitCode: 0 });
  const refused = report().filter(({ state }) => state === 'rejected');
  expect(refused).toMatchObject([2, 3].map((nth) => ({ runId: idOf(nth), ...rule })));
  expect(started).toEqual([idOf(1)]);
});

it('a secret leaves the disk when its run is over, also of one whose agent ended then, and no run is begun again', () => {
  const { disk } = createTestDisk();
  const secret = (nth: number): DueRun => ({
    ...due(nth),
    command: { kind: 'execute_shell', environment: [{ name: 'TOKEN', value: `hush-${nth}`, isSecret: true }] },
  });
  const kept = () => [1, 2].filter((nth) => disk.read('journal')!.toString().includes(`hush-${nth}`));
  const { runs, endings, report } = setUpMachine({ disk });
  runs.told([secret(1), secret(2)]);
  report();
  expect(kept()).toEqual([1, 2]);
  const before = disk.read('journal')!;
  endings.get(idOf(1))!({ exitCode: 0 });
  expect(kept()).toEqual([2]);
  expect(report().at(0)).toMatchObject({ runId: idOf(1), state: 'succeeded' });

  // As it was in the moment between the end and its being cleaned.
  const ended = disk
    .read('journal')!
    .toString()
    .split('\n')
    .find((line) => line.includes('"of":"over"'));
  disk.replace('journal', Buffer.concat([before, Buffer.from(`${ended}\n`)]));
  const next = setUpMachine({ disk });
  expect(kept()).toEqual([2]);
  next.runs.told([secret(1), secret(2)]);
  next.report();
  expect(next.started).not.toContain(idOf(1));
});

it('is idle when nothing runs and it is kept how all that ran ended, and not before', () => {
  const { runs, endings, report, idle } = setUpMachine();
  runs.told([due(1), due(2)]);
  report();
  const before = idle();
  runs.told([due(2)]);
  runs.cancel([idOf(3)]);
  endings.get(idOf(1))!({ exitCode: 0 });
  report();
  expect(idle(), 'the second one runs').toBe(before);
  endings.get(idOf(2))!({ exitCode: 0 });
  expect(idle()).toBeGreaterThan(before);
  expect(runs.journalTail(10_000)).toMatch(new RegExp(`"of":"over","runId":"${idOf(2)}"`));
});
