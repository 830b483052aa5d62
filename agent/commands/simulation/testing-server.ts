import type { FoldedRun } from '../../../server/commands/runs/fold-reports';
import type { RunState as RowState } from '../../../server/commands/runs/run-states';
import type { CommandReport, RunUpdate } from '../protocol';
import type { Row, Truth } from './testing-rows';
import { expiryOf, inventTruth } from './testing-truth';
import { isFinal, SWEEP_MS, type World } from './testing-world';

export type Server = ReturnType<typeof createServer>;

/** The server's rows under its rules. Each call is one transaction. */
export function createServer(world: World, { deaths }: { deaths: () => number }) {
  const { rules, truths, rows, now, at, say, wrong } = world;

  function become(row: Row, state: RowState): void {
    const truth = truths.get(row.run.commandId)!;
    row.run.state = state;
    row.deadline = rules.deadlineOf(state, timesOf(truth));
    row.overAt = now();
  }

  const timesOf = (truth: Truth) => ({
    ...{ expiresAt: expiryOf(truth), timeoutMs: truth.due.timeoutSeconds * 1000, now: now() },
  });

  /** Until then its machine has to say how it ended, and may be at it. */
  function givenUntil({ run, overAt }: Row): number {
    const truth = truths.get(run.commandId)!;
    return run.state === 'running' ? overAt + truth.due.timeoutSeconds * 1000 : expiryOf(truth);
  }

  function hear({ runId, state, ...more }: RunUpdate): void {
    const row = rows.get(runId)!;
    say(`the server hears that ${runId} is ${state}, and has it as ${row.run.state}`);
    if (!isFinal(state)) return;
    if (row.said && row.said.state !== state) wrong(`${runId} was ${row.said.state} and then ${state}`);
    if (row.said) return;
    const isUndisturbed = row.deaths === deaths();
    Object.assign(row, { said: { runId, state, ...more }, saidAt: now(), isUndisturbed });
  }

  return {
    make(runId: string): void {
      const truth = inventTruth(world, runId);
      truths.set(runId, truth);
      rows.set(runId, {
        ...{
          run: queued(runId),
          deadline: rules.deadlineOf('queued', timesOf(truth)),
          isCancelRequested: false,
          sweptAt: -Infinity,
        },
        ...{ overAt: Infinity, said: null, saidAt: 0, deaths: deaths(), isUndisturbed: false, stored: [] },
      });
      say(`${runId} is commanded`);
    },
    /** What is true now, as an inbox tells it: what is due is `sent` before it is told. */
    look() {
      const open = [...rows.values()].filter(({ deadline }) => deadline > now() && deadline < Infinity);
      const due = open
        .filter(({ run, isCancelRequested }) => !isCancelRequested && rules.isDue(run.state))
        .slice(0, 3)
        .map((row) => {
          if (rules.mayFollow(row.run.state, 'sent')) become(row, 'sent');
          const truth = truths.get(row.run.commandId)!;
          return { ...truth.due, expiresInSeconds: Math.max(0, (expiryOf(truth) - now()) / 1000) };
        });
      const cancelled = open.filter((row) => row.isCancelRequested).map(({ run }) => run.commandId);
      return { due, cancelled };
    },
    /** @returns what the agent is answered: its runs that are over */
    store(report: CommandReport): string[] {
      const before = new Map([...rows].map(([runId, { run }]) => [runId, run.state]));
      const over: string[] = [];
      const said = { hostId: 'host', report, at: now(), over };
      const { runs, output } = rules.foldReports([said], (runId) => rows.get(runId)?.run);
      for (const { commandId, stream, offset, bytes } of output)
        rows.get(commandId)!.stored.push({ stream, offset, bytes });
      for (const run of runs) if (run.state !== before.get(run.commandId)) become(rows.get(run.commandId)!, run.state);
      for (const update of report.updates) hear(update);
      return over;
    },
    cancel(runId: string): void {
      const row = rows.get(runId)!;
      if (rules.endsWhenCancelled(row.run.state)) become(row, 'cancelled');
      else row.isCancelRequested = true;
    },
    /** Now, and every ten seconds. */
    sweep: function sweep(): void {
      for (const row of rows.values()) {
        if (row.deadline > now()) continue;
        row.sweptAt = now();
        if (now() < givenUntil(row)) wrong(`${row.run.commandId} was given up before its time`);
        const { state, reason = row.run.reason } = rules.whenPast(row.run.state);
        become(row, state);
        row.run.reason = reason;
        say(`the server takes ${row.run.commandId} for ${row.run.state}`);
      }
      at(now() + SWEEP_MS, sweep);
    },
  };
}

const queued = (commandId: string): FoldedRun => ({
  ...{ commandId, hostId: 'host', state: 'queued', overruled: null, exitCode: null, signal: null, reason: null },
  ...{ detail: null, receivedAt: null, startedAt: null, endedAt: null, outputBytes: 0 },
});
