import { parseArgs } from 'node:util';
import { explainArguments, isOfArguments } from '../../words/explain-arguments';
import { inEnglish, type Say } from '../../words/say';
import { wrap } from '../../words/wrap';
import { words, type Said, type Words } from '../../words/words';
import { AppError, type AppErrorCode } from '../errors';
import { CommandError } from '../process/command-error';
import { explainFailure } from '../process/explain-failure';

/** EX_USAGE and EX_OK of sysexits.h, and what a command answers whose question has the answer *no*. */
const EX_OK = 0;
const EX_USAGE = 64;
export const NOT_SO = 1;

/** How a command stands in the table: what whoever looks for one needs to know. */
export interface Entry {
  /** What it takes besides flags, as the manual pages write it: `EMAIL`, or `[N]` for what may be left out. */
  operands?: string;
  /** One line. */
  summary: Words;
  /** Loaded when it is called: the server's code takes time and memory that the others need not spend. */
  load: () => Promise<Program>;
}

/**
 * @param args what follows the command's name
 * @param say the language of whoever called it
 * @returns the exit code
 */
export type Program = (args: string[], entry: { name: string } & Entry, say: Say) => Promise<number>;

interface Flag {
  type: 'string' | 'boolean';
  /** It may be given several times. */
  multiple?: boolean;
  /** What stands for its value in the help: `FILE`. */
  value?: string;
  about: Words;
}

type Values<Flags extends Record<string, Flag>> = {
  [Name in keyof Flags]: Flags[Name] extends { type: 'boolean' }
    ? boolean
    : Flags[Name] extends { multiple: true }
      ? string[]
      : string | undefined;
};

/**
 * What a command found or did: one document for scripts, which is the same in every language, and the same for people,
 * a line each.
 */
interface Answer {
  json: unknown;
  lines: readonly Said[];
  exitCode?: number;
}

interface Definition<Flags extends Record<string, Flag>> {
  /** What the summary leaves open. */
  about?: Words;
  flags?: Flags;
  /** What its exit codes mean, where that is more than what all commands share. */
  exitCodes?: Record<number, Words>;
  /** @param given.operands as many as the table says; @param given.config for `loadConfig` */
  run: (given: { operands: string[]; flags: Values<Flags>; config: string[]; say: Say }) => Promise<Answer>;
}

const SHARED = {
  config: { type: 'string', value: 'FILE', about: words('server.flag.config') },
  json: { type: 'boolean', about: words('server.flag.json') },
  help: { type: 'boolean', about: words('server.flag.help') },
} as const satisfies Record<string, Flag>;

/** What each command's help ends with, and the general one. */
export const EXIT_CODES: Record<number, Words> = {
  [EX_OK]: words('server.exit.0'),
  [NOT_SO]: words('server.exit.1'),
  [EX_USAGE]: words('server.exit.64'),
  65: words('server.exit.65'),
  69: words('server.exit.69'),
  70: words('server.exit.70'),
  73: words('server.exit.73'),
  77: words('server.exit.77'),
  78: words('server.exit.78'),
};

/** A command that reads flags as all others do, and answers in text or JSON. */
export function defineCommand<const Flags extends Record<string, Flag> = Record<never, Flag>>(
  definition: Definition<Flags>,
): Program {
  return async (args, entry, say) => {
    const flags: Record<string, Flag> = { ...definition.flags, ...SHARED };
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(flags).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
      ),
    });
    if (values.help) {
      console.log(helpOf(entry, definition, flags, say));
      return EX_OK;
    }
    refuseOperands(positionals, entry);
    const {
      json,
      lines,
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
      say,
    });
    console.log(values.json ? JSON.stringify(json) : lines.map(say).join('\n'));
    return exitCode;
  };
}

function refuseOperands(given: string[], { operands = '', name }: { name: string } & Entry): void {
  const wanted = operands.split(' ').filter(Boolean);
  const least = wanted.filter((operand) => !operand.startsWith('['));
  const command = `sysmanage ${name} --help`;
  if (given.length < least.length)
    throw new CommandError(words('server.call.operand_missing', { operand: least[given.length]!, command }));
  if (given.length > wanted.length)
    throw new CommandError(words('server.call.operand_too_much', { operand: given[wanted.length]!, command }));
}

/** What `--help` says of one. */
export function helpOf(
  { name, operands, summary }: { name: string } & Entry,
  { about, exitCodes = {} }: Pick<Definition<never>, 'about' | 'exitCodes'>,
  flags: Record<string, Flag>,
  say: Say,
): string {
  const lines = Object.entries(flags).map(([flag, { value, multiple, about }]): [string, string] => [
    `--${flag}${value ? ` ${value}` : ''}`,
    say(multiple ? words('server.flag.several_times', { about }) : about),
  ]);
  return [
    say(words('server.help.usage', { call: ['sysmanage', name, operands, '[FLAGS]'].filter(Boolean).join(' ') })),
    '',
    say(summary),
    ...(about ? ['', ...wrap(say(about), 100)] : []),
    '',
    say(words('server.help.flags')),
    ...inColumns(lines),
    '',
    say(words('server.help.exit_codes')),
    ...inColumns(Object.entries({ ...EXIT_CODES, ...exitCodes }).map(([code, meaning]) => [code, say(meaning)])),
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
 * @param isJson whether a script reads what goes wrong: then it is one document on standard error, in English
 */
export async function runCommand(
  name: string,
  { isJson, say }: { isJson: boolean; say: Say },
  run: () => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { lines, exitCode } = explain(error, isJson ? inEnglish : say);
    if (isJson) console.error(JSON.stringify({ command: name, errors: lines, exitCode }));
    else for (const line of lines) console.error(`${name}: ${line}`);
    process.exitCode = exitCode;
  }
}

/** `undefined_table` of PostgreSQL's error codes. */
export const hasNoTable = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code === '42P01';

/** The words of the pages speak to whoever sees one. */
const REFUSALS: Partial<Record<AppErrorCode, Words>> = {
  'enrolment.already_revoked': words('server.refusal.token_revoked'),
  'enrolment.not_found': words('server.refusal.token_unknown'),
  'user.deactivated': words('server.refusal.user_deactivated'),
  'user.email_taken': words('server.refusal.email_taken'),
  'user.not_found': words('server.refusal.user_unknown'),
};

function explain(error: unknown, say: Say): { lines: string[]; exitCode: number } {
  if (error instanceof CommandError) return { lines: [say(error.said)], exitCode: error.exitCode };
  if (isOfArguments(error)) return { lines: [say(explainArguments(error))], exitCode: EX_USAGE };
  if (error instanceof AppError && REFUSALS[error.appCode])
    return { lines: [say(REFUSALS[error.appCode]!)], exitCode: EX_USAGE };
  if (hasNoTable(error)) return { lines: [say(words('server.store.empty'))], exitCode: EX_USAGE };
  return explainFailure(error, say);
}
