import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const repository = join(import.meta.dirname, '../..');

/** What makes the copy, in a mount namespace of its own, and keeps it until its standard input ends. */
const MAKE = `
  mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
  mount --rbind /dev "$1/root/dev"
  mount -t proc proc "$1/root/proc"
  for folder in /tmp /run "$2"; do
    [ ! -d "$1/root$folder" ] || mount -t tmpfs tmpfs "$1/root$folder"
  done
  echo made
  exec cat`;

/** Why no machine can be copied here; null where one can. */
export function whyNoCopy(): string | null {
  if (process.platform !== 'linux') return 'mount namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'mount namespaces need root';
  const folder = makeFolders();
  const { status, stderr } = spawnSync('unshare', make(folder), { input: '', encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return status === 0 ? null : `a file system cannot be laid over this machine’s: ${stderr.trim()}`;
}

const make = (folder: string) => ['--mount', '--propagation', 'private', 'sh', '-euc', MAKE, 'sh', folder, repository];

function makeFolders(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-machine-'));
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
  return folder;
}

export interface MachineCopy {
  /** What differs from this machine, as files of this one. To be read only: writing here is not seen there. */
  changes: string;
  /** Its root, for commands that are run `beside` it. */
  root: string;
  /** How a command begins that is to see its files under `root`, and this machine's where they are. */
  beside: string[];
  /** Runs a command in it as root. @throws Error with what it said where it fails */
  run(command: string[], options?: { env?: Record<string, string>; cwd?: string }): Promise<string>;
  close(): Promise<void>;
}

/**
 * A machine that has all the programs and packages of this one, and whose every change goes into a folder of the test's
 * own: nothing of this machine's is written. The repository is not in it, and `/tmp` and `/run` are empty.
 */
export async function copyMachine(): Promise<MachineCopy> {
  const folder = makeFolders();
  const keeper = spawn('unshare', make(folder), { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(keeper, 'close');
  await Promise.race([once(keeper.stdout, 'data'), gone]);
  if (keeper.exitCode !== null) throw new Error('this machine could not be copied');
  const root = join(folder, 'root');
  const beside = ['nsenter', `--mount=/proc/${keeper.pid}/ns/mnt`, '--'];
  return {
    changes: join(folder, 'upper'),
    root,
    beside,
    run: (command, { env = {}, cwd = '/' } = {}) =>
      runCommand([...beside, 'chroot', root, ...clean(env), 'sh', '-euc', 'cd "$0" && exec "$@"', cwd, ...command]),
    async close() {
      keeper.stdin.end();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

/** How a command begins that is to have these variables and no others. */
export const clean = (env: Record<string, string>) => [
  'env',
  '--ignore-environment',
  `PATH=${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
];

/** What a command says. @throws Error with all of it where it fails */
export async function runCommand([program, ...args]: string[]): Promise<string> {
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}${complaint}`);
  return output + complaint;
}
