import { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EXIT, FatalError } from '../process/exit-codes';
import { MODE } from './write-file';
import { saidBy } from '../../words/said-error';
import { words } from '../../words/words';

/** The names in the state folder. Documented: administrators copy and inspect them. */
export const FILES = {
  key: 'client.key',
  certificate: 'client.crt',
  /** The pair of a renewal, until it has been used. */
  nextKey: 'client.next.key',
  nextCertificate: 'client.next.crt',
  authorities: 'ca.crt',
  pins: 'server.fingerprint',
  settings: 'agent.yaml',
  /** Only until this machine is registered. */
  token: 'enrolment.token',
  /** What the server wants of this machine, and it does. */
  configuration: 'configuration.json',
  /** What it is trying: in force when it has reached the server with it, gone otherwise. */
  nextConfiguration: 'configuration.next.json',
  /** How this machine has reached its server before. */
  ways: 'ways.json',
  /** What the server asked for and this machine has begun. */
  acted: 'acted.json',
  /** A folder: what this machine was commanded, and what came of it. */
  commands: 'commands',
} as const;

/** @param programData the folder of the machine's application data on Windows */
export function defaultStateFolder(programData: string | undefined): string {
  if (process.platform === 'win32') return join(programData ?? 'C:\\ProgramData', 'sysmanage-agent');
  return process.getuid?.() === 0 ? '/etc/sysmanage-agent' : join(homedir(), '.config', 'sysmanage-agent');
}

/**
 * Makes the state folder, 0700, or checks that nobody else can look into the one that is there.
 * Throws FatalError: CONFIG when its owner or mode is unsafe, STATE when it cannot be made or read, or cannot be
 * written before this machine has its certificate: one that has can do its work without.
 */
export function openStateFolder(folder: string): void {
  let stats: Stats;
  try {
    mkdirSync(folder, { recursive: true, mode: MODE.folder });
    stats = statSync(folder);
  } catch (error) {
    throw new FatalError(EXIT.STATE, words('agent.state.unmade', { folder, reason: saidBy(error) }));
  }
  if (!stats.isDirectory()) throw new FatalError(EXIT.STATE, words('agent.state.no_folder', { path: folder }));
  refuseWhenOpen(folder, stats, '700');
  const isEnrolled = existsSync(join(folder, FILES.certificate));
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    if (!isEnrolled) checkWritable(folder);
  } catch (error) {
    throw new FatalError(EXIT.STATE, words('agent.state.unusable', { folder, reason: saidBy(error) }));
  }
}

/** Throws the system's error. */
export function checkWritable(folder: string): void {
  accessSync(folder, constants.W_OK);
}

/** Throws FatalError CONFIG unless the file is a plain one that only its owner, who is us, may read. */
export function checkPrivateFile(path: string): void {
  const stats = lstatSync(path);
  if (!stats.isFile()) throw new FatalError(EXIT.CONFIG, words('agent.state.no_file', { path }));
  refuseWhenOpen(path, stats, '600');
}

function refuseWhenOpen(path: string, stats: Stats, mode: string): void {
  // Windows has no mode bits: access there is what the folder's list says.
  if (process.platform === 'win32') return;
  if (stats.uid !== process.getuid?.()) {
    const users = { owner: String(stats.uid), user: String(process.getuid?.()) };
    throw new FatalError(EXIT.CONFIG, words('agent.state.of_others', { path, ...users }));
  }
  if ((stats.mode & 0o077) !== 0) {
    const found = (stats.mode & 0o777).toString(8);
    const command = `chmod ${mode} '${path}'`;
    throw new FatalError(EXIT.CONFIG, words('agent.state.open', { path, mode: found, command }));
  }
}
