import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { openRuns } from '../../agent/commands/runs';
import { simulate, type Rules } from '../../agent/commands/testing-simulation';
import { foldReports } from './fold-reports';
import { mayFollow, NOT_REPORTED } from './run-states';

const RULES: Rules = { openRuns, foldReports, mayFollow, NOT_REPORTED };

/**
 * `SEED=5 npx vitest run server/commands/simulation` replays that history and prints it when it fails;
 * `HISTORIES=1000000` plays so many.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 10_000);
const SEED = process.env['SEED'];

it('every history ends well: nothing is begun twice, lost or stuck, and output is what was written', () => {
  const [first, last] = SEED === undefined ? [1, HISTORIES] : [Number(SEED), Number(SEED)];
  for (let seed = first; seed <= last; seed++) {
    if (simulate(seed, RULES).faults.length === 0) continue;
    const { faults, log } = simulate(seed, RULES, true);
    expect.fail(`SEED=${seed}: ${faults.join('; ')}\n${log.join('\n')}`);
  }
}, 600_000);

it('a seed is one history', () => {
  expect(simulate(11, RULES, true)).toEqual(simulate(11, RULES, true));
  expect(simulate(11, RULES, true).log).not.toEqual(simulate(12, RULES, true).log);
});

/** Mistakes of the kind that a change can make, each in one place. */
const PLANTED: [what: string, file: string, right: string, wrong: string][] = [
  ['the journal is not synced', 'agent/commands/journal.ts', 'if (!isHint) disk.sync(FILE);', ''],
  [
    'a start is not in the journal',
    'agent/commands/runs.ts',
    "journal.add([{ of: 'running',",
    "void ([{ of: 'running',",
  ],
  [
    'an end is told before it is in the journal',
    'agent/commands/runs.ts',
    'if (unkept.length === 0) return;',
    "for (const one of unkept) Object.assign(one, { state: one.ending!.state }).unsaid.add('over');",
  ],
  [
    'output is not synced before the end is kept',
    'agent/commands/runs.ts',
    'for (const { spool } of unkept) spool?.sync();',
    '',
  ],
  [
    'what is told again is taken for new',
    'agent/commands/runs.ts',
    'due.filter(({ runId }) => !entries.has(runId))',
    'due',
  ],
  [
    'a run whose end nobody saw is said to have succeeded',
    'agent/commands/runs.ts',
    "return { state: 'unknown', reason: 'agent_stopped' };",
    "return { state: 'succeeded' };",
  ],
  ['a run that goes on is not cancelled', 'agent/commands/runs.ts', "stop(entry, 'cancelled');", '{}'],
  [
    'a cancelled run that was never told is passed over',
    'agent/commands/runs.ts',
    "if (!entry) finish(addEntry(runId, { expiresAt: inMs(LONGEST_EXPIRY_MS) }), { state: 'cancelled' });",
    'if (!entry) continue;',
  ],
  [
    'what a killed agent wrote is taken for durable',
    'agent/commands/journal.ts',
    'if (length > 0) {',
    'if (length > Infinity) {',
  ],
  ['no time-out', 'agent/commands/runs.ts', "() => stop(entry, 'timed_out')", '() => undefined'],
  ['no hard signal', 'agent/commands/runs.ts', "processes.end(entry.runId, 'at_once');\n      at", 'at'],
  [
    'output counts as sent before it is answered',
    'agent/commands/spool.ts',
    'return { pieces, upTo: total };',
    'acknowledged = total; return { pieces, upTo: total };',
  ],
  [
    'expiry goes by a clock that people set',
    'agent/commands/runs.ts',
    'entry.expiresAt.mono <= clock.monotonicMs()',
    'entry.expiresAt.wall <= clock.wallMs()',
  ],
  ['more run at once than may', 'agent/commands/runs.ts', 'running.length >= concurrency ||', ''],
  [
    'what is stored is stored again',
    'server/commands/fold-reports.ts',
    'if (offset + all.length <= run.outputBytes) return undefined;',
    '',
  ],
  [
    'an agent is not told that a run is over',
    'server/commands/fold-reports.ts',
    'over.push(...runsOf(report)',
    'void (runsOf(report)',
  ],
  [
    'a word that comes too late counts for nothing',
    'server/commands/run-states.ts',
    "succeeded: [...OPEN, 'unknown', 'timed_out']",
    'succeeded: [...OPEN]',
  ],
  [
    'what was sent before the machine’s own word undoes it',
    'server/commands/fold-reports.ts',
    'run.reason !== NOT_REPORTED',
    'run.reason === undefined',
  ],
  [
    'a run that goes on is swept as expired',
    'server/commands/run-states.ts',
    "unknown: ['sent', 'received', 'running']",
    "unknown: ['sent', 'received']",
  ],
];

it.each(PLANTED)('finds it when %s', async (_what, file, right, wrong) => {
  const broken = await loadWith(file, right, wrong);
  expect(seedThatFails(broken)).not.toBeNull();
});

function seedThatFails(broken: Rules): number | null {
  for (let seed = 1; seed <= 1_000; seed++) {
    try {
      if (simulate(seed, broken).faults.length > 0) return seed;
    } catch {
      return seed;
    }
  }
  return null;
}

/** The rules of both ends from their own source, with one mistake in it. */
async function loadWith(file: string, right: string, wrong: string): Promise<Rules> {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  const source = readFileSync(join(folder, file), 'utf8');
  expect(source.split(right)).toHaveLength(2);
  const [end, modules] = file.startsWith('agent/')
    ? ['agent/commands', ['runs']]
    : ['server/commands', ['fold-reports', 'run-states']];
  const { outputFiles } = await build({
    stdin: { contents: modules.map((name) => `export * from './${name}';`).join('\n'), resolveDir: join(folder, end) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'mistake',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(folder, file) ? { contents: source.replace(right, () => wrong), loader: 'ts' } : undefined,
          ),
      },
    ],
  });
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-simulation-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const path = join(scratch, 'rules.mjs');
  writeFileSync(path, outputFiles[0]!.contents);
  return { ...RULES, ...((await import(/* @vite-ignore */ pathToFileURL(path).href)) as Partial<Rules>) };
}
