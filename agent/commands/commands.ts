import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { MachineFacts } from '../collect/machine';
import { Alarm } from '../process/alarm';
import type { Log } from '../process/log';
import type { Keeper } from '../state/keeper';
import { FILES } from '../state/open-folder';
import { admit, readAbilities, thisMachine } from './abilities';
import { openDisk } from './disk';
import { createAct } from './kinds/act';
import { removeScript } from './kinds/execute-shell';
import type { Configuration } from '../configuration/schema';
import { type LockSettings, narrowLock, readLock } from './lock';
import { createProcesses } from './processes/processes';
import type { CommandAbilities, DueRun } from './protocol';
import type { Clock } from './machine';
import { openRuns } from './runs';
import { sendReports, type Sending } from './send-reports';

export interface CommandsOptions {
  /** The state directory. */
  folder: string;
  /** What the machine's owner lets be commanded, as it is now. */
  lock: () => LockSettings | undefined;
  /** What the server's configuration forbids besides. */
  rules?: () => Configuration['commands'];
  /** What programs find in theirs. */
  environment: Record<string, string | undefined>;
  readFacts: () => Promise<MachineFacts>;
  /** The newest lines of the agent's log. */
  logTail: (bytes: number) => string;
  /** No command runs, and how each ended is kept. Told again and again. */
  onIdle?: (() => void) | undefined;
  keeper: Keeper;
  log: Log;
}

/** What this machine is commanded: one for the life of the process, through all its connections. */
export interface Commands {
  abilities(): CommandAbilities;
  told(due: readonly DueRun[]): void;
  cancel(runIds: readonly string[]): void;
  /** Tells what there is to tell until the connection is over. Never rejects. */
  report(send: Sending['send'], over: AbortSignal): Promise<void>;
  /** This machine becomes another one, which was commanded nothing. */
  forget(): void;
}

/** Not for programs that are not ours: what Node and a service manager say to the agent alone. */
const PRIVATE = /^(NODE_|NOTIFY_SOCKET$|LISTEN_|WATCHDOG_|SYSMANAGE_|INVOCATION_ID$|JOURNAL_STREAM$)/;

/** Where programs are looked for when a service manager says nothing. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const clock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, act) {
    // Longer ones fire at once; a look too many does no harm.
    const timer = setTimeout(act, Math.min(Math.ceil(ms), 0x7fff_ffff)).unref();
    return () => clearTimeout(timer);
  },
};

export function openCommands(options: CommandsOptions): Commands {
  const { folder, readFacts, logTail, keeper, log } = options;
  const lock = () => narrowLock(readLock(options.lock()), options.rules?.());
  const environment = Object.fromEntries(Object.entries(options.environment).filter(([name]) => !PRIVATE.test(name)));
  if (process.platform !== 'win32') environment['PATH'] ??= DEFAULT_PATH;
  const machine = thisMachine(environment['PATH'] ?? environment['Path']);
  const abilities = () => readAbilities(machine, lock());
  const news = new Alarm();
  const open = () => {
    const journalTail = (bytes: number) => runs.journalTail(bytes);
    const act = createAct({ machine, readFacts, readAbilities: abilities, logTail, journalTail });
    const runs = openRuns({
      disk: openDisk(join(folder, FILES.commands)),
      clock,
      processes: createProcesses({ act, environment, boot: readBoot() }),
      admit: (told) => admit(told, machine, lock()),
      concurrency: () => lock().concurrency,
      outputBytes: () => lock().outputBytes,
      onNews: () => news.ring(),
      onIdle: options.onIdle,
      onFoundRunning: removeScript,
      onDiskFailure: (error) => keeper.failed('what was commanded', error),
    });
    return runs;
  };
  let runs = open();
  return {
    abilities,
    told: (due) => runs.told(due),
    cancel: (runIds) => runs.cancel(runIds),
    report: (send, over) => sendReports({ runs, news, send, log }, over),
    forget() {
      runs.forget();
      runs = open();
    },
  };
}

/** Another one after each start of the machine. Where the system has no name for it: when that was, by a clock. */
function readBoot(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return new Date(Math.round(Date.now() / 60_000 - uptime() / 60) * 60_000).toISOString();
}
