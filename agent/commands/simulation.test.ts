import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { openRuns } from './runs';
import { simulate, type OpenRuns } from './testing-simulation';

/**
 * `SEED=5 npx vitest run agent/commands/simulation.test.ts` replays that history and prints it when it fails;
 * `HISTORIES=1000000` plays so many.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 2_000);
const SEED = process.env['SEED'];

it('every history ends well: nothing is begun twice, lost or stuck, and output is what was written', () => {
  const [first, last] = SEED === undefined ? [1, HISTORIES] : [Number(SEED), Number(SEED)];
  for (let seed = first; seed <= last; seed++) {
    const { faults, log } = simulate(seed, openRuns);
    if (faults.length > 0) expect.fail(`SEED=${seed}: ${faults.join('; ')}\n${log.join('\n')}`);
  }
}, 600_000);

it('a seed is one history', () => {
  expect(simulate(11, openRuns)).toEqual(simulate(11, openRuns));
  expect(simulate(11, openRuns).log).not.toEqual(simulate(12, openRuns).log);
});

/** Mistakes of the kind that a change can make, each in one place. */
const PLANTED: [what: string, file: string, right: string, wrong: string][] = [
  ['the journal is not synced', 'journal.ts', 'if (!isHint) disk.sync(FILE);', ''],
  ['a start is not in the journal', 'runs.ts', "journal.add([{ of: 'running',", "void ([{ of: 'running',"],
  [
    'an end is told before it is in the journal',
    'runs.ts',
    'if (unkept.length === 0) return;',
    "for (const one of unkept) Object.assign(one, { state: one.ending!.state }).unsaid.add('over');",
  ],
  ['output is not synced before the end is kept', 'runs.ts', 'for (const { spool } of unkept) spool?.sync();', ''],
  ['what is told again is taken for new', 'runs.ts', 'due.filter(({ runId }) => !entries.has(runId))', 'due'],
  [
    'a run whose end nobody saw is said to have succeeded',
    'runs.ts',
    "return { state: 'unknown', reason: 'agent_stopped' };",
    "return { state: 'succeeded' };",
  ],
  ['a run that goes on is not cancelled', 'runs.ts', "stop(entry, 'cancelled');", '{}'],
  [
    'a cancelled run that was never told is passed over',
    'runs.ts',
    "if (!entry) finish(addEntry(runId, { expiresAt: inMs(LONGEST_EXPIRY_MS) }), { state: 'cancelled' });",
    'if (!entry) continue;',
  ],
  ['what a killed agent wrote is taken for durable', 'journal.ts', 'if (length > 0) {', 'if (length > Infinity) {'],
  ['no time-out', 'runs.ts', "() => stop(entry, 'timed_out')", '() => undefined'],
  ['no hard signal', 'runs.ts', "processes.end(entry.runId, 'at_once');\n      at", 'at'],
  [
    'output counts as sent before it is answered',
    'spool.ts',
    'return { pieces, upTo: total };',
    'acknowledged = total; return { pieces, upTo: total };',
  ],
  [
    'expiry goes by a clock that people set',
    'runs.ts',
    'entry.expiresAt.mono <= clock.monotonicMs()',
    'entry.expiresAt.wall <= clock.wallMs()',
  ],
  ['more run at once than may', 'runs.ts', 'running.length >= concurrency ||', ''],
];

it.each(PLANTED)('finds it when %s', async (_what, file, right, wrong) => {
  const broken = await loadWith(file, right, wrong);
  expect(seedThatFails(broken)).not.toBeNull();
});

function seedThatFails(broken: OpenRuns): number | null {
  for (let seed = 1; seed <= 1_000; seed++) {
    try {
      if (simulate(seed, broken).faults.length > 0) return seed;
    } catch {
      return seed;
    }
  }
  return null;
}

/** The agent's own source with one mistake in it. */
async function loadWith(file: string, right: string, wrong: string): Promise<OpenRuns> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const source = readFileSync(join(folder, file), 'utf8');
  expect(source.split(right)).toHaveLength(2);
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'runs.ts')],
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
  const path = join(scratch, 'runs.mjs');
  writeFileSync(path, outputFiles[0]!.contents);
  const loaded = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { openRuns: OpenRuns };
  return loaded.openRuns;
}
