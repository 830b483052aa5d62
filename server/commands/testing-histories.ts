import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { projectRoot } from '../process/project';

/** A mistake in the source: what stands there, once, and what stands there instead. */
export interface Mistake {
  file: string;
  right: string;
  wrong: string;
}

/** What went wrong in one, and what happened, a line each. */
interface History {
  faults: string[];
  log: string[];
}

export interface Simulation {
  /** Plays the history of a seed; logged, with what happened in it. Throws what the rules throw. */
  play(seed: number, isLogged?: boolean): History;
  /** Plays all of them, on all processors if need be. Returns the first that went wrong, or null. */
  findFailing(first: number, last: number): Promise<number | null>;
}

/** Most mistakes show in so many, for which it is not worth the while to start others. */
const FEW = 40;

/** The rules of both ends and what plays them: as one file, which V8 runs twice as fast as vitest's modules. */
const CONTENT = `
import { parentPort, workerData } from 'node:worker_threads';
import { openRuns } from './agent/commands/runs';
import { simulate } from './agent/commands/simulation/testing-simulation';
import { foldReports } from './server/commands/runs/fold-reports';
import { deadlineOf, endsWhenCancelled, isDue, mayFollow, whenPast } from './server/commands/runs/run-states';

const rules = { openRuns, foldReports, deadlineOf, endsWhenCancelled, isDue, mayFollow, whenPast };
export const play = (seed, isLogged) => simulate(seed, rules, isLogged);

export function isWrong(seed) {
  try {
    return play(seed).faults.length > 0;
  } catch {
    return true;
  }
}

if (workerData?.histories) {
  const { first, step, firstFailing } = workerData.histories;
  // What comes after a failing one that another worker has found need not be played.
  for (let seed = first; seed < Atomics.load(firstFailing, 0); seed += step) {
    if (!isWrong(seed)) continue;
    for (let found = Atomics.load(firstFailing, 0); seed < found;)
      found = Atomics.compareExchange(firstFailing, 0, found, seed);
  }
  parentPort.postMessage('done');
}`;

/** @param mistake what is wrong with the rules; they are as they ship without */
export async function loadSimulation(mistake?: Mistake): Promise<Simulation> {
  const { outputFiles } = await build({
    stdin: { contents: CONTENT, resolveDir: projectRoot },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
    plugins: mistake ? [planting(mistake)] : [],
  });
  const scratch = mkdtempSync(join(tmpdir(), 'sysmanage-simulation-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const path = join(scratch, 'simulation.mjs');
  writeFileSync(path, outputFiles[0]!.contents);
  const { play, isWrong } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Pick<Simulation, 'play'> & {
    isWrong: (seed: number) => boolean;
  };
  return {
    play,
    async findFailing(from, last) {
      const first = from + FEW;
      for (let seed = from; seed < Math.min(first, last + 1); seed++) if (isWrong(seed)) return seed;
      if (first > last) return null;
      const step = availableParallelism();
      const firstFailing = new Int32Array(new SharedArrayBuffer(4)).fill(last + 1);
      await Promise.all(
        Array.from({ length: step }, (_, nth) => runWorker(path, { first: first + nth, step, firstFailing })),
      );
      return firstFailing[0]! <= last ? firstFailing[0]! : null;
    },
  };
}

/** @param histories `firstFailing` is shared by all workers: the least seed that any has found, or what none reaches */
function runWorker(
  path: string,
  histories: { first: number; step: number; firstFailing: Int32Array },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path, { workerData: { histories } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a part of the histories ended without an answer')));
  });
}

const planting = ({ file, right, wrong }: Mistake) => ({
  name: 'mistake',
  setup({ onLoad }: Parameters<NonNullable<Parameters<typeof build>[0]['plugins']>[number]['setup']>[0]) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path !== join(projectRoot, file)) return undefined;
      const parts = readFileSync(path, 'utf8').split(right);
      if (parts.length !== 2) throw new Error(`${file} has not once: ${right}`);
      return { contents: parts.join(wrong), loader: 'ts' as const };
    });
  },
});
