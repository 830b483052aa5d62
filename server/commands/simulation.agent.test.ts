import { expect, it } from 'vitest';
import { loadSimulation, type Mistake } from './testing-histories';

/**
 * `SEED=5 npx vitest run --project unit server/commands/simulation` replays that history and prints it when it fails;
 * `HISTORIES=1000000` plays so many.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 10_000);
const SEED = process.env['SEED'];

it('every history ends well: nothing is begun twice, lost or stuck, and output is what was written', async () => {
  const { play, findFailing } = await loadSimulation();
  const seed = SEED === undefined ? await findFailing(1, HISTORIES) : Number(SEED);
  if (seed === null) return;
  const { faults, log } = play(seed, true);
  if (faults.length > 0) expect.fail(`SEED=${seed}: ${faults.join('; ')}\n${log.join('\n')}`);
}, 600_000);

it('a seed is one history', async () => {
  const { play } = await loadSimulation();
  expect(play(11, true)).toEqual(play(11, true));
  expect(play(11, true).log).not.toEqual(play(12, true).log);
});

/** Mistakes of the kind that a change can make, each in one place; and what is then wrong with a history. */
const PLANTED: [what: string, mistake: Mistake, found: RegExp][] = [
  [
    'the journal is not synced',
    { file: 'agent/commands/journal.ts', right: 'if (!isHint) disk.sync(FILE);', wrong: '' },
    /was begun twice/,
  ],
  [
    'a start is not in the journal',
    { file: 'agent/commands/runs.ts', right: "journal.add([{ of: 'running',", wrong: "void ([{ of: 'running'," },
    /was begun twice/,
  ],
  [
    'an end is told before it is in the journal',
    {
      file: 'agent/commands/runs.ts',
      right: 'if (unkept.length === 0) return;',
      wrong: "for (const one of unkept) Object.assign(one, { state: one.ending!.state }).unsaid.add('over');",
    },
    /was \w+ and then \w+/,
  ],
  [
    'output is not synced before the end is kept',
    { file: 'agent/commands/runs.ts', right: 'for (const { spool } of unkept) spool?.sync();', wrong: '' },
    /has not the first and the last of its output/,
  ],
  [
    'what is told again is taken for new',
    { file: 'agent/commands/runs.ts', right: 'due.filter(({ runId }) => !entries.has(runId))', wrong: 'due' },
    /was begun twice/,
  ],
  [
    'a run whose end nobody saw is said to have succeeded',
    {
      file: 'agent/commands/ending.ts',
      right: "return { state: 'unknown', reason: 'agent_stopped' };",
      wrong: "return { state: 'succeeded' };",
    },
    /is succeeded, and nobody saw that/,
  ],
  [
    'a run that goes on is not cancelled',
    { file: 'agent/commands/runs.ts', right: "stop(entry, 'cancelled');", wrong: '{}' },
    /was cancelled and went on/,
  ],
  [
    'a cancelled run that was never told is passed over',
    {
      file: 'agent/commands/runs.ts',
      right: "if (!entry) finish(addEntry(runId, { expiresAt: inMs(LONGEST_EXPIRY_MS) }), { state: 'cancelled' });",
      wrong: 'if (!entry) continue;',
    },
    /never came to an end that its agent told/,
  ],
  [
    'what a killed agent wrote is taken for durable',
    { file: 'agent/commands/journal.ts', right: 'if (length > 0) {', wrong: 'if (length > Infinity) {' },
    /and then unknown/,
  ],
  [
    'no time-out',
    { file: 'agent/commands/runs.ts', right: "() => stop(entry, 'timed_out')", wrong: '() => undefined' },
    /lasted too long/,
  ],
  [
    'no hard signal',
    { file: 'agent/commands/runs.ts', right: "processes.end(entry.runId, 'at_once');\n      at", wrong: 'at' },
    /while it runs|more run than may at once/,
  ],
  [
    'output counts as sent before it is answered',
    {
      file: 'agent/commands/spool.ts',
      right: 'return { pieces, upTo: total };',
      wrong: 'acknowledged = total; return { pieces, upTo: total };',
    },
    /has not the first and the last of its output/,
  ],
  [
    'expiry goes by a clock that people set',
    {
      file: 'agent/commands/runs.ts',
      right: 'entry.expiresAt.mono <= clock.monotonicMs()',
      wrong: 'entry.expiresAt.wall <= clock.wallMs()',
    },
    /expired before its time/,
  ],
  [
    'more run at once than may',
    { file: 'agent/commands/has-room.ts', right: 'running.length >= concurrency ||', wrong: '' },
    /more run than may at once/,
  ],
  [
    'what is stored is stored again',
    {
      file: 'server/commands/runs/fold-reports.ts',
      right: 'if (offset + all.length <= run.outputBytes) return undefined;',
      wrong: '',
    },
    /has bytes twice/,
  ],
  [
    'an agent is not told that a run is over',
    {
      file: 'server/commands/runs/fold-reports.ts',
      right: 'over.push(...runsOf(report)',
      wrong: 'void (runsOf(report)',
    },
    /began, and was over before its agent did/,
  ],
  [
    'a word that comes too late counts for nothing',
    {
      file: 'server/commands/runs/run-states.ts',
      right: "succeeded: [...OPEN, 'unknown', 'timed_out']",
      wrong: 'succeeded: [...OPEN]',
    },
    /is unknown, and its agent said succeeded/,
  ],
  [
    'what was sent before the machine’s own word undoes it',
    {
      file: 'server/commands/runs/fold-reports.ts',
      right: '!isGuess(run)) return false',
      wrong: 'isGuess(run) === undefined) return false',
    },
    /overruled nothing/,
  ],
  [
    'a run that goes on is swept as expired',
    {
      file: 'server/commands/runs/run-states.ts',
      right: "unknown: ['sent', 'received', 'running']",
      wrong: "unknown: ['sent', 'received']",
    },
    /is expired, and its agent said/,
  ],
  [
    'what a machine may have ends as soon as it is cancelled',
    {
      file: 'server/commands/runs/run-states.ts',
      right: "boolean => state === 'queued';",
      wrong: "boolean => state === 'queued' || state === 'sent';",
    },
    /is cancelled, and (was begun|its agent said)/,
  ],
  [
    'a run that goes on has no more time than one that was told',
    {
      file: 'server/commands/runs/run-states.ts',
      right: "running: { after: 'timeout',",
      wrong: "running: { after: 'expiry',",
    },
    /was given up before its time/,
  ],
  [
    'what was sent and lost on the way is not told again',
    {
      file: 'server/commands/runs/run-states.ts',
      right: "boolean => state === 'queued' || state === 'sent';",
      wrong: "boolean => state === 'queued';",
    },
    /never came to an end that its agent told/,
  ],
];
/** So many histories find each of them: most do at once, one that takes a rare order of things in a thousand. */
const ENOUGH = 4_000;

it.each(PLANTED)('finds it when %s', async (_what, mistake, found) => {
  const { play, findFailing } = await loadSimulation(mistake);
  const seed = await findFailing(1, ENOUGH);
  expect(seed).not.toBeNull();
  expect(play(seed!).faults.join('; ')).toMatch(found);
});
