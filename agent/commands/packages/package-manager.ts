import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import type { AvailableUpdate, InstalledPackage } from '../command-kinds';
import type { Exit } from '../machine';

export interface Step extends Program {
  /** Exit codes that mean it was done; 0 when not given. */
  done?: readonly number[];
  /** What comes next does not need it: lists of packages that are old are better than nothing. */
  mayFail?: true;
}

export interface Updating {
  packages: readonly string[];
  /** Names the packages itself where it must find out which they are. */
  isSecurity: boolean;
  isDry: boolean;
}

export interface Listing<Item> {
  /** All but the last only prepare. */
  steps: readonly Step[];
  parse: (stdout: string) => Item[];
}

/** How one package manager is told what to do: exact arguments, and what its answers mean. */
export interface PackageManager {
  /** Found when all of these are. The first names it. */
  tools: readonly [string, ...string[]];
  canDryRun: boolean;
  /** Does nothing for root, not even a list. */
  refusesRoot?: boolean;
  /** Knows which updates are for security; `together`: it brings all of them, and none by its name. */
  knowsSecurity: boolean | 'together';
  install: (packages: readonly string[], isDry: boolean) => Step[];
  remove: (packages: readonly string[], isDry: boolean) => Step[];
  update: (updating: Updating) => Step[];
  installed: Listing<InstalledPackage>;
  /** Null where it does not say without installing them. */
  available: Listing<AvailableUpdate> | null;
}

/** One after the other, to the first that is not done. */
export async function runSteps(steps: readonly Step[], { run }: Acting): Promise<Exit> {
  let exit: Exit = { exitCode: 0 };
  for (const step of steps) {
    exit = judge(step, await run(step));
    if (exit.exitCode !== 0 && !(step.mayFail && exit.signal === undefined)) return exit;
  }
  return exit;
}

/** What a listing says, an object a line. */
export async function runListing<Item>({ steps, parse }: Listing<Item>, acting: Acting): Promise<Exit> {
  const items = await readListing({ steps, parse }, acting);
  if (!Array.isArray(items)) return items;
  acting.write(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  return { exitCode: 0 };
}

export async function readListing<Item>({ steps, parse }: Listing<Item>, acting: Acting): Promise<Item[] | Exit> {
  const { stdout, ...exit } = await captureLast(steps, acting);
  return exit.exitCode === 0 ? parse(stdout) : exit;
}

async function captureLast(steps: readonly Step[], acting: Acting): Promise<Exit & { stdout: string }> {
  const last = steps.at(-1)!;
  for (const step of steps.slice(0, -1)) {
    const { stdout, ...exit } = await acting.capture(step);
    if (judge(step, exit).exitCode !== 0 && !(step.mayFail && exit.signal === undefined)) return { ...exit, stdout };
  }
  const { stdout, ...exit } = await acting.capture(last);
  return { ...judge(last, exit), stdout };
}

function judge({ done = [0] }: Step, exit: Exit): Exit {
  return exit.exitCode !== undefined && done.includes(exit.exitCode) ? { exitCode: 0 } : exit;
}

/** Lines of fields. What is no such line is passed over: tools warn where one does not expect it. */
export function parseLines<Item>(stdout: string, pattern: RegExp, item: (fields: string[]) => Item | null): Item[] {
  return stdout.split(/\r?\n/).flatMap((line) => {
    const found = pattern.exec(line);
    return found ? (item(found.slice(1)) ?? []) : [];
  });
}

/** For parsers: what such a line says of a package that can be updated. */
export const updatable = (
  name: string,
  installedVersion: string | null,
  availableVersion: string,
): AvailableUpdate => ({ name, installedVersion, availableVersion, isSecurity: null });
