import { accessSync, constants, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { apk } from './packages/apk';
import { apt } from './packages/apt';
import { pkg, pkgAdd } from './packages/bsd';
import { dnf, yum } from './packages/dnf';
import { homebrew } from './packages/homebrew';
import { pacman } from './packages/pacman';
import type { PackageManager } from './packages/package-manager';
import { chocolatey, winget } from './packages/windows';
import { zypper } from './packages/zypper';
import { findProgram } from './processes/run-program';
import { command, type Command, type CommandKind } from './command-kinds';
import { type CommandAbilities, type DueRun, USUAL_INTERPRETERS } from './protocol';
import { DEFAULT_INTERPRETER } from './kinds/execute-shell';
import { forbiddingRule, type Limits, type Lock, mayRunAs, usersRule } from './lock';
import { SERVICE_MANAGERS, type ServiceManager } from './services/service-managers';
import { explainIssue } from '../../words/explain-issue';
import { type Words, words } from '../../words/words';
import { type Admission, inDetail } from './machine';

type WhyNot = CommandAbilities['unable'][number];

const PACKAGE_MANAGERS: Partial<Record<NodeJS.Platform, readonly PackageManager[]>> = {
  linux: [apt, dnf, yum, zypper, apk, pacman],
  freebsd: [pkg],
  openbsd: [pkgAdd],
  darwin: [homebrew],
  win32: [winget, chocolatey],
};

const KINDS = command.options.map(({ shape }) => shape.kind.value);
const CHANGES_PACKAGES = new Set<CommandKind>(['install_package', 'remove_package', 'update_system']);

/** What there is on this machine to do commands with. Looked at anew each time: tools come and go. */
export interface Tools {
  packages: PackageManager | null;
  services: ServiceManager | null;
  /** With it the machine is stopped. */
  power: string | null;
}

export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** False where a service manager has made the system read-only for the agent (`ProtectSystem=`, systemd.exec(5)). */
  mayWrite: boolean;
  /** False where root was left without the right to become another user. */
  mayBecome: boolean;
  has: (tool: string) => boolean;
}

/** @param path where programs are, as in the environment */
export const thisMachine = (path: string | undefined): Machine => ({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  mayWrite: process.platform !== 'linux' || isWritable('/usr'),
  mayBecome: process.platform !== 'linux' || hasCapabilities(CAP_SETGID | CAP_SETUID),
  has: (tool) => findProgram(tool, path) !== null,
});

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** linux/capability.h */
const CAP_SETGID = 1n << 6n;
const CAP_SETUID = 1n << 7n;

/** Whether this process has them: `CapEff` in proc_pid_status(5), hexadecimal. */
function hasCapabilities(wanted: bigint): boolean {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (BigInt(`0x${effective}`) & wanted) === wanted;
}

export function findTools({ platform, has }: Machine): Tools {
  const packages = PACKAGE_MANAGERS[platform]?.find(({ tools }) => tools.every(has)) ?? null;
  const services =
    SERVICE_MANAGERS[platform]?.find(({ tool, isInCharge }) => has(tool) && (isInCharge?.() ?? true)) ?? null;
  return { packages, services, power: has('shutdown') ? 'shutdown' : null };
}

/** Why a kind cannot be run here; null when it can. What the owner forbids goes before what is not there. */
function whyNot(kind: CommandKind, machine: Machine, lock: Lock): Omit<WhyNot, 'kind'> | null {
  const { packages, services, power } = findTools(machine);
  const missing = (tools: readonly string[] | undefined) =>
    tools ? { why: 'missing_tool' as const, detail: tools.join(', ') } : { why: 'wrong_platform' as const };
  if (lock.forbidden.has(kind)) return { why: 'forbidden_here', detail: forbiddingRule(lock.own.forbidden.has(kind)) };
  if (CHANGES_PACKAGES.has(kind) || kind === 'get_installed_packages' || kind === 'get_available_updates') {
    if (!packages) return missing(PACKAGE_MANAGERS[machine.platform]?.map(({ tools }) => tools[0]));
    if (packages.refusesRoot && machine.isRoot) return { why: 'not_permitted', detail: `${packages.tools[0]} as root` };
    if (kind === 'get_available_updates' && !packages.available)
      return { why: 'wrong_platform', detail: packages.tools[0] };
    if (CHANGES_PACKAGES.has(kind) && !mayChange(machine)) return { why: 'not_permitted', detail: 'root' };
    if (CHANGES_PACKAGES.has(kind) && !machine.mayWrite) return { why: 'not_permitted', detail: '/usr' };
  }
  if (kind === 'restart_service') {
    if (!services) return missing(SERVICE_MANAGERS[machine.platform]?.map(({ tool }) => tool));
    if (!mayChange(machine)) return { why: 'not_permitted', detail: 'root' };
  }
  if (kind === 'reboot_system' || kind === 'shutdown_system') {
    if (!power) return missing(['shutdown']);
    if (!mayChange(machine)) return { why: 'not_permitted', detail: 'root' };
  }
  return null;
}

/** On Windows and for Homebrew rights are not known before it is tried. */
const mayChange = ({ platform, isRoot }: Machine) => isRoot || platform === 'win32' || platform === 'darwin';

/** Why no script may run as another user; null when one may. */
function whyNotAsUser({ platform, isRoot, mayBecome, has }: Machine): WhyNot['why'] | null {
  if (platform === 'win32') return 'wrong_platform';
  if (!isRoot || !mayBecome) return 'not_permitted';
  return has(platform === 'linux' ? 'runuser' : 'su') ? null : 'missing_tool';
}

/** What a machine says of itself in its hello. */
export function readAbilities(machine: Machine, lock: Lock): CommandAbilities {
  const { packages } = findTools(machine);
  const unable = KINDS.flatMap((kind): WhyNot[] => {
    const why = whyNot(kind, machine, lock);
    return why ? [{ kind, ...why }] : [];
  });
  const able = KINDS.filter((kind) => !unable.some((other) => other.kind === kind));
  return {
    able,
    unable,
    canDryRun: packages?.canDryRun ? able.filter((kind) => CHANGES_PACKAGES.has(kind)) : [],
    knowsSecurityUpdates: Boolean(packages?.knowsSecurity),
    whyNotRunAs: whyNotAsUser(machine) ?? (lock.runAs?.size === 0 ? 'forbidden_here' : null),
    interpreters: [DEFAULT_INTERPRETER, ...USUAL_INTERPRETERS.filter(machine.has)],
    names: { withSlash: takesSlash(packages), ofSecurityUpdates: packages?.knowsSecurity === true },
    lock: { ...saidOf(lock), own: saidOf(lock.own) },
  };
}

const saidOf = (limits: Limits) => ({
  forbiddenKinds: [...limits.forbidden],
  runAs: limits.runAs && [...limits.runAs],
  mayRunAsItself: mayRunAs(limits, userInfo().username),
  ...{ concurrency: limits.concurrency, outputBytes: limits.outputBytes },
});

/** The one gate: everything that is told goes through it when it is received, and again after a restart. */
export function admit(told: DueRun['command'], machine: Machine, lock: Lock): Admission {
  const read = command.safeParse(told);
  if (!read.success) {
    const [issue] = read.error.issues;
    const mistake = explainIssue(issue!);
    const place = issue!.path.join('.');
    return { reason: 'malformed', ...inDetail(words('common.input.at', { place, mistake })) };
  }
  const known = read.data;
  const { why, ...more } = whyNot(known.kind, machine, lock) ?? whyNotSo(known, machine, lock) ?? {};
  return why ? { reason: why, ...more } : { command: known };
}

/** Of apt `name/release`, of FreeBSD's pkg `category/name`: to others it is a path, or somebody's repository. */
const takesSlash = (packages: PackageManager | null) => ['apt-get', 'pkg'].includes(packages?.tools[0] ?? '');

/** Of a kind that can be run: why not with these parameters. */
function whyNotSo(wanted: Command, machine: Machine, lock: Lock): (Omit<WhyNot, 'kind'> & { said?: Words }) | null {
  const { packages } = findTools(machine);
  if (wanted.kind === 'execute_shell') {
    const user = wanted.runAs ?? userInfo().username;
    if (!mayRunAs(lock, user)) return { why: 'forbidden_here', detail: usersRule(!mayRunAs(lock.own, user)) };
    const why = wanted.runAs === undefined ? null : whyNotAsUser(machine);
    return why && { why, detail: 'runAs' };
  }
  const [tool = ''] = packages?.tools ?? [];
  const withSlash = 'packages' in wanted && wanted.packages?.find((name) => name.includes('/'));
  if (withSlash && !takesSlash(packages)) {
    return { why: 'wrong_platform', ...inDetail(words('agent.run.file_name', { tool, name: withSlash })) };
  }
  if ('dryRun' in wanted && wanted.dryRun && !packages?.canDryRun) {
    return { why: 'wrong_platform', ...inDetail(words('agent.run.no_dry_run', { tool })) };
  }
  if (wanted.kind === 'update_system' && wanted.scope === 'security' && !packages?.knowsSecurity) {
    return { why: 'wrong_platform', ...inDetail(words('agent.run.no_security', { tool })) };
  }
  if (
    wanted.kind === 'update_system' &&
    wanted.scope === 'security' &&
    wanted.packages &&
    packages?.knowsSecurity !== true
  ) {
    return { why: 'wrong_platform', ...inDetail(words('agent.run.security_together', { tool })) };
  }
  return null;
}
