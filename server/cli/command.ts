import { parseArgs } from 'node:util';
import { AppError, type AppErrorCode } from '../errors';
import { explainFailure } from '../process/explain-failure';

/** EX_USAGE and EX_OK of sysexits.h, and what a command answers whose question has the answer *no*. */
const EX_OK = 0;
const EX_USAGE = 64;
export const NOT_SO = 1;

/** A command cannot do what it was asked to. The message is one line for a person. */
export class CommandError extends Error {
  override name = 'CommandError';

  /** @param exitCode of sysexits.h; a wrong call when left out */
  constructor(
    message: string,
    readonly exitCode = EX_USAGE,
  ) {
    super(message);
  }
}

/** How a command stands in the table: what whoever looks for one needs to know. */
export interface Entry {
  /** What it takes besides flags, as the manual pages write it: `EMAIL`, or `[N]` for what may be left out. */
  operands?: string;
  /** One line. */
  summary: string;
  /** Loaded when it is called: the server's code takes time and memory that the others need not spend. */
  load: () => Promise<Program>;
}

/** @param args what follows the command's name; resolves with the exit code */
export type Program = (args: string[], entry: { name: string } & Entry) => Promise<number>;

interface Flag {
  type: 'string' | 'boolean';
  /** It may be given several times. */
  multiple?: boolean;
  /** What stands for its value in the help: `FILE`. */
  value?: string;
  about: string;
}

type Values<Flags extends Record<string, Flag>> = {
  [Name in keyof Flags]: Flags[Name] extends { type: 'boolean' }
    ? boolean
    : Flags[Name] extends { multiple: true }
      ? string[]
      : string | undefined;
};

/** What a command found or did: one document for scripts, and the same for people. */
interface Answer {
  json: unknown;
  text: string;
  exitCode?: number;
}

interface Definition<Flags extends Record<string, Flag>> {
  /** What the summary leaves open, in lines of at most 100 characters. */
  about?: string;
  flags?: Flags;
  /** What its exit codes mean, where that is more than what all commands share. */
  exitCodes?: Record<number, string>;
  /** @param given.operands as many as the table says; @param given.config for `loadConfig` */
  run: (given: { operands: string[]; flags: Values<Flags>; config: string[] }) => Promise<Answer>;
}

const SHARED = {
  config: { type: 'string', value: 'FILE', about: 'the server’s configuration, instead of /etc/sysmanage.yaml' },
  json: { type: 'boolean', about: 'answer in JSON; what goes wrong is JSON too, on standard error' },
  help: { type: 'boolean', about: 'show this' },
} as const satisfies Record<string, Flag>;

/** What each command's help ends with, and the general one. */
export const EXIT_CODES: Record<number, string> = {
  [EX_OK]: 'done',
  [NOT_SO]: 'the answer is no',
  [EX_USAGE]: 'a wrong call',
  65: 'a file that was given is damaged or none of ours',
  69: 'the database or a port cannot be had; an embedded database is a running server’s',
  70: 'a fault of SysManage',
  73: 'a file or folder cannot be written',
  77: 'the server’s files are another user’s',
  78: 'the configuration, or a certificate that it names, is wrong',
};

/** A command that reads flags as all others do, and answers in text or JSON. */
export function defineCommand<const Flags extends Record<string, Flag> = Record<never, Flag>>(
  definition: Definition<Flags>,
): Program {
  return async (args, entry) => {
    const flags: Record<string, Flag> = { ...definition.flags, ...SHARED };
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(flags).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
      ),
    });
    if (values.help) {
      console.log(helpOf(entry, definition, flags));
      return EX_OK;
    }
    refuseOperands(positionals, entry);
    const {
      json,
      text,
      exitCode = EX_OK,
    } = await definition.run({
      operands: positionals,
      flags: Object.fromEntries(
        Object.entries(flags).map(([name, { type, multiple }]) => [
          name,
          values[name] ?? (type === 'boolean' ? false : multiple ? [] : undefined),
        ]),
      ) as Values<Flags>,
      config: typeof values.config === 'string' ? ['--config', values.config] : [],
    });
    console.log(values.json ? JSON.stringify(json) : text);
    return exitCode;
  };
}

function refuseOperands(given: string[], { operands = '', name }: { name: string } & Entry): void {
  const wanted = operands.split(' ').filter(Boolean);
  const least = wanted.filter((operand) => !operand.startsWith('['));
  if (given.length < least.length)
    throw new CommandError(`${least[given.length]} is needed; sysmanage ${name} --help says more`);
  if (given.length > wanted.length)
    throw new CommandError(`${given[wanted.length]}: this is too much; sysmanage ${name} --help says what it takes`);
}

function helpOf(
  { name, operands, summary }: { name: string } & Entry,
  { about, exitCodes = {} }: Pick<Definition<never>, 'about' | 'exitCodes'>,
  flags: Record<string, Flag>,
): string {
  const lines = Object.entries(flags).map(([flag, { value, multiple, about }]): [string, string] => [
    `--${flag}${value ? ` ${value}` : ''}`,
    multiple ? `${about}; may be given several times` : about,
  ]);
  return [
    `Usage: sysmanage ${[name, operands, '[FLAGS]'].filter(Boolean).join(' ')}`,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    ...(about ? ['', about] : []),
    '',
    'Flags',
    ...inColumns(lines),
    '',
    'Exit codes',
    ...inColumns(Object.entries({ ...EXIT_CODES, ...exitCodes })),
  ].join('\n');
}

/** Two columns, indented. */
export function inColumns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/**
 * Runs a command: its exit code is the process's, and what goes wrong is a line a matter.
 * @param name of the command
 * @param isJson whether a script reads what goes wrong: then it is one document on standard error
 */
export async function runCommand(name: string, isJson: boolean, run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { lines, exitCode } = explain(error);
    if (isJson) console.error(JSON.stringify({ command: name, errors: lines, exitCode }));
    else for (const line of lines) console.error(`${name}: ${line}`);
    process.exitCode = exitCode;
  }
}

/** `undefined_table` of PostgreSQL's error codes. */
export const hasNoTable = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code === '42P01';

/** The words of the pages speak to whoever sees one. */
const REFUSALS: Partial<Record<AppErrorCode, string>> = {
  'enrolment.already_revoked': 'it is revoked already',
  'enrolment.not_found': 'there is no such token; sysmanage tokens list names them',
  'user.deactivated': 'this user is deactivated; an administrator can activate them on the page Users',
  'user.email_taken': 'there is a user with this e-mail already',
  'user.not_found': 'there is no user with this e-mail',
};

function explain(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof CommandError) return { lines: [error.message], exitCode: error.exitCode };
  if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
    return { lines: [(error as Error).message], exitCode: EX_USAGE };
  if (error instanceof AppError && REFUSALS[error.appCode])
    return { lines: [REFUSALS[error.appCode]!], exitCode: EX_USAGE };
  if (hasNoTable(error)) return { lines: ['the database is empty: start the server once'], exitCode: EX_USAGE };
  return explainFailure(error);
}
