import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { EnrolmentTokenError, readEnrolmentToken } from '../enrolment-token';
import { EXIT, FatalError } from './exit-codes';
import { LOG_LEVELS, type LogLevel } from './log-level';
import { parsePin, parseServerAddress } from '../server-address';
import { explainArguments, isOfArguments } from '../../words/explain-arguments';
import { saidBy, SaidError } from '../../words/said-error';
import type { Say } from '../../words/say';
import { words } from '../../words/words';
import { wrap } from '../../words/wrap';

/** Where the help's second column begins: options that are longer have a line of their own. */
const MARGIN = 30;
const WIDTH = 118;

/** An option and what it is for, in two columns. */
export function optionLines(option: string, about: string): string[] {
  const [first = '', ...others] = wrap(about, WIDTH - MARGIN);
  return [`  ${option}`.padEnd(MARGIN - 1) + ` ${first}`, ...others.map((line) => ' '.repeat(MARGIN) + line)].map(
    (line) => line.trimEnd(),
  );
}

/** `--help`, in the language of whoever asked. */
export function helpIn(say: Say): string {
  const usage = say(words('agent.help.usage', { call: 'sysmanage-agent [OPTIONS]' }));
  return [
    usage,
    `  sysmanage-agent install [OPTIONS]: ${say(words('agent.help.install'))}`,
    '',
    ...optionLines('--token-file PATH', say(words('agent.help.token_file'))),
    ...optionLines('--token TEXT', say(words('agent.help.token'))),
    ...optionLines('--server https://HOST:6443', say(words('agent.help.server'))),
    ...optionLines('--state-dir DIR', say(words('agent.help.state_dir'))),
    ...optionLines('--ca-pin SHA256HEX', say(words('agent.help.ca_pin'))),
    ...optionLines('--discovery-interfaces LIST', say(words('agent.help.discovery_interfaces'))),
    ...optionLines('--service', say(words('agent.help.service'))),
    ...optionLines('--once', say(words('agent.help.once'))),
    ...optionLines('--log-level LEVEL', LOG_LEVELS.join(', ')),
    ...optionLines('--help, --version', ''),
    '',
    say(words('agent.help.kept')),
    '',
    say(words('agent.help.exit_codes')),
    ...Object.values(EXIT).map((code) => `  ${code}`.padEnd(6) + say(words(`agent.exit.${code}`))),
    '',
  ].join('\n');
}

/** The command line, checked. What is absent was not given. */
export interface Arguments {
  help: boolean;
  version: boolean;
  once: boolean;
  server?: URL;
  stateDir?: string;
  caPin?: string;
  /** The text of an enrolment token, whole. A secret. */
  token?: string;
  logLevel?: LogLevel;
  /** Where to look for servers: `loopback`, `all`, or names. */
  discoveryInterfaces?: string[];
  /** Started by a service manager. */
  service: boolean;
}

/** Throws FatalError with one line that names the option: TOKEN_MALFORMED for an enrolment token, else USAGE. */
export function parseArguments(argv: string[]): Arguments {
  const { values } = parse(argv);
  if (values.token !== undefined && values['token-file'] !== undefined) {
    throw new FatalError(EXIT.USAGE, words('agent.option.one_token'));
  }
  return {
    help: values.help ?? false,
    version: values.version ?? false,
    once: values.once ?? false,
    service: values.service ?? false,
    server: read('--server', values.server, parseServerAddress),
    stateDir: read('--state-dir', values['state-dir'], parsePath),
    caPin: read('--ca-pin', values['ca-pin'], parsePin),
    token: read('--token', values.token, parseToken) ?? read('--token-file', values['token-file'], readTokenFile),
    logLevel: read('--log-level', values['log-level'], parseLevel),
    discoveryInterfaces: read('--discovery-interfaces', values['discovery-interfaces'], parseInterfaces),
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      strict: true,
      allowPositionals: false,
      options: {
        server: { type: 'string' },
        'state-dir': { type: 'string' },
        'ca-pin': { type: 'string' },
        token: { type: 'string' },
        'token-file': { type: 'string' },
        once: { type: 'boolean' },
        service: { type: 'boolean' },
        'log-level': { type: 'string' },
        'discovery-interfaces': { type: 'string' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    if (!isOfArguments(error)) throw error;
    throw new FatalError(EXIT.USAGE, words('agent.option.see_help', { mistake: explainArguments(error) }));
  }
}

function read<T>(option: string, text: string | undefined, parseText: (text: string) => T): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parseText(text);
  } catch (error) {
    const exitCode = error instanceof EnrolmentTokenError ? EXIT.TOKEN_MALFORMED : EXIT.USAGE;
    throw new FatalError(exitCode, words('agent.option.at', { option, mistake: saidBy(error) }));
  }
}

function parsePath(text: string): string {
  if (text === '' || text.includes('\0')) throw new SaidError(words('agent.option.no_path'));
  return text;
}

function parseToken(text: string): string {
  readEnrolmentToken(text);
  return text.trim();
}

/** File descriptor 0 is standard input, read to its end. */
function readTokenFile(path: string): string {
  return parseToken(readFileSync(path === '-' ? 0 : parsePath(path), 'utf8'));
}

function parseInterfaces(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length > 64 || names.some((name) => !/^[^\s/]{1,64}$/.test(name)))
    throw new SaidError(words('agent.option.no_interfaces'));
  return names;
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  const choices = LOG_LEVELS.join(', ');
  if (!level) throw new SaidError(words('agent.option.none_of', { given: JSON.stringify(text), choices }));
  return level;
}
