/**
 * The part of the wire that says what a command is: its kinds, their parameters, and the lines that some of them write.
 */
import { z } from 'zod';
import { text } from '../wire-text';
import { mistake } from '../../words/explain-issue';

/** By such an ending, or with one before a `/` or `=`, package managers know a file that they then install as it is. */
const PACKAGE_FILE =
  /\.(rpm|d?deb|udeb|dsc|changes|apk|pkg|tar|t[gbx]z|tzst|gz|bz2|xz|zst|rb|nupkg|nuspec|config)(?![A-Za-z0-9])/i;

/**
 * Names are arguments of programs: one that begins with a dash would be an option, and apt removes what ends with one.
 * What a manager would take for a file or an address is no name: whoever may install installs from the repositories
 * that the machine has. After a `/` stands a release of apt, or the name behind a category.
 */
const packageName = z
  .string()
  .regex(/^(?=.{1,200}$)[A-Za-z0-9@][\w.+:~^=@-]*(\/\w[\w.+:~^=@-]*)?(?<!-)$/)
  .refine((name) => !PACKAGE_FILE.test(name), mistake('common.input.package_file'))
  .meta({ examples: ['openssl'] });
const packages = z.array(packageName).min(1).max(100);
/** systemd's `\x2d` and Windows' spaces included. */
const serviceName = z
  .string()
  .regex(/^\w[\w .:@$\\-]{0,254}$/)
  .meta({ examples: ['nginx'] });
/** POSIX portable names, and Windows' `DOMAIN\user`. */
const userName = z
  .string()
  .regex(/^[A-Za-z_][\w.-]{0,63}(\\[\w.-]{1,64})?\$?$/)
  .meta({ examples: ['www-data'] });
/** Says what would be done and does nothing. Rejected where the package manager cannot; see `canDryRun`. */
const dryRun = z.boolean().optional();
const delaySeconds = z.int().min(0).max(86_400).optional();

/**
 * The kinds, each with its parameters. Only `execute_shell` gives text to an interpreter; all others are arguments of
 * programs, never through a shell.
 *
 * Output: kinds that list or describe write one JSON object a line to standard output (`installedPackage`,
 * `availableUpdate`, `runningProcess`, `systemInfo`), so that what is left of output that was cut can still be read.
 */
export const command = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('execute_shell'),
    script: text(65_536)
      .min(1)
      .meta({ examples: ['uptime'] }),
    /**
     * A program, by name or absolute, that is given the path of a file with the script, and no arguments. Default:
     * `sh`, on Windows `powershell`.
     */
    interpreter: z
      .string()
      .regex(/^[\w./\\: +()-]{1,200}$/)
      .refine((value) => !value.startsWith('-'), mistake('common.input.form'))
      .optional(),
    /** Default: the home of the user it runs as. */
    workingDirectory: text(4096).min(1).optional(),
    /** Added to the agent's own. The value of a secret is masked in the output, by the agent. */
    environment: z
      .array(
        z.object({
          name: z.string().regex(/^[A-Za-z_]\w{0,127}$/),
          value: text(32_768),
          isSecret: z.boolean().optional(),
        }),
      )
      .max(100)
      .optional(),
    /** Standard input. Absent: there is none. */
    input: text(65_536).optional(),
    /** Another user. On POSIX, of an agent that is root. */
    runAs: userName.optional(),
  }),
  z.object({ kind: z.literal('install_package'), packages, dryRun }),
  z.object({ kind: z.literal('remove_package'), packages, dryRun }),
  z.object({
    kind: z.literal('update_system'),
    /** `security` where the package manager knows which updates are. Absent `packages`: all of the scope. */
    scope: z.enum(['all', 'security']),
    packages: packages.optional(),
    dryRun,
  }),
  z.object({
    kind: z.literal('restart_service'),
    service: serviceName,
    action: z.enum(['restart', 'start', 'stop', 'enable', 'disable', 'status']),
  }),
  z.object({ kind: z.literal('get_system_info') }),
  z.object({ kind: z.literal('get_installed_packages') }),
  z.object({ kind: z.literal('get_available_updates') }),
  z.object({ kind: z.literal('list_processes') }),
  z.object({
    kind: z.literal('kill_process'),
    pid: z.int().min(2).max(4_294_967_295),
    signal: z.enum(['TERM', 'KILL', 'HUP', 'INT', 'USR1', 'USR2', 'STOP', 'CONT']),
    /** As `list_processes` told it: nothing is done to a process that has taken over the number. */
    startedAt: z.iso.datetime().optional(),
  }),
  z.object({ kind: z.literal('reboot_system'), delaySeconds }),
  z.object({ kind: z.literal('shutdown_system'), delaySeconds }),
  /** Facts, abilities, the newest lines of the agent's log, the tail of its journal. Text, at most 512 KiB. */
  z.object({ kind: z.literal('collect_diagnostics') }),
]);
export type Command = z.infer<typeof command>;
export const commandKind = z.enum(command.options.map(({ shape }) => shape.kind.value));
export type CommandKind = z.infer<typeof commandKind>;

/** A line of `get_installed_packages`. */
export interface InstalledPackage {
  name: string;
  version: string;
  architecture: string | null;
}

/** A line of `get_available_updates`. */
export interface AvailableUpdate {
  name: string;
  installedVersion: string | null;
  availableVersion: string;
  /** Null where the package manager does not say. */
  isSecurity: boolean | null;
}

/** A line of `list_processes`. */
export interface RunningProcess {
  pid: number;
  parentPid: number;
  user: string;
  startedAt: string;
  cpuPercent: number;
  memoryBytes: number;
  /** The program and its arguments, as far as they are told to the agent. At most 1,000 characters. */
  command: string;
}
