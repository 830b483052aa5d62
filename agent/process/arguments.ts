import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { EnrolmentTokenError, readEnrolmentToken } from '../enrolment-token';
import { EXIT, FatalError } from './exit-codes';
import { LOG_LEVELS, type LogLevel } from './log-level';
import { parsePin, parseServerAddress } from '../server-address';

export const HELP = `Usage: sysmanage-agent [options]
       sysmanage-agent install [options]: as a service of this machine; see install --help

  --token-file PATH           join with the enrolment token in this file; - for standard input. It says which server
                              and which CA, so that neither need be given
  --token TEXT                the same, on the command line: every user of this machine can read it there, in the list
                              of processes. Prefer --token-file
  --server https://HOST:6443  the server to join
  --state-dir DIR             where this machine's key and certificate are kept
                              (/etc/sysmanage-agent as root, else ~/.config/sysmanage-agent)
  --ca-pin SHA256HEX          trust only a CA with this public key; without it the first one met is trusted
  --discovery-interfaces LIST where to look for a server while none is named: loopback, all, or names of interfaces
                              with commas between, beside loopback (loopback)
  --service                   a service manager starts it: a server is looked for on all interfaces, unless the option
                              above or the file says where. Not kept
  --once                      enrol, then exit
  --log-level LEVEL           ${LOG_LEVELS.join(', ')}
  --help, --version

What is given is kept in DIR/agent.yaml for the next start.
Exit codes: 0 stopped, 64 wrong option, 65 enrolment token truncated or damaged, 73 state directory unusable,
75 already running, 77 wrong CA, 78 wrong file or mode; of the enrolment token: 81 expired, 82 used up, 83 revoked,
84 unknown to the server.
`;

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
    throw new FatalError(EXIT.USAGE, '--token and --token-file: give one of them');
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
    // Node goes on to explain how to pass positional arguments, of which there are none here.
    const [said] = (error as Error).message.split(/\. |\.?\n/);
    throw new FatalError(EXIT.USAGE, `${said}; see --help`);
  }
}

function read<T>(option: string, text: string | undefined, parseText: (text: string) => T): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parseText(text);
  } catch (error) {
    const exitCode = error instanceof EnrolmentTokenError ? EXIT.TOKEN_MALFORMED : EXIT.USAGE;
    throw new FatalError(exitCode, `${option}: ${(error as Error).message}`);
  }
}

function parsePath(text: string): string {
  if (text === '' || text.includes('\0')) throw new Error('is not a path');
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
    throw new Error('is no list of interfaces');
  return names;
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) throw new Error(`${JSON.stringify(text)} is none of ${LOG_LEVELS.join(', ')}`);
  return level;
}
