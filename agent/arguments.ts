import { parseArgs } from 'node:util';
import { EXIT, FatalError } from './exit-codes';
import { LOG_LEVELS, type LogLevel } from './log';
import { parsePin, parseServerAddress } from './server-address';

export const HELP = `Usage: sysmanage-agent [options]

  --server https://HOST:6443  the server to join
  --state-dir DIR             where this machine's key and certificate are kept
                              (/etc/sysmanage-agent as root, else ~/.config/sysmanage-agent)
  --ca-pin SHA256HEX          trust only a CA with this public key; without it the first one met is trusted
  --once                      enrol, then exit
  --log-level LEVEL           ${LOG_LEVELS.join(', ')}
  --help, --version

What is given is kept in DIR/agent.yaml for the next start.
Exit codes: 0 stopped, 64 wrong option, 73 state directory unusable, 75 already running, 77 wrong CA,
78 wrong file or mode.
`;

/** The command line, checked. What is absent was not given. */
export interface Arguments {
  help: boolean;
  version: boolean;
  once: boolean;
  server?: URL;
  stateDir?: string;
  caPin?: string;
  logLevel?: LogLevel;
}

/** Throws FatalError USAGE with one line that names the option. */
export function parseArguments(argv: string[]): Arguments {
  const { values } = parse(argv);
  return {
    help: values.help ?? false,
    version: values.version ?? false,
    once: values.once ?? false,
    server: read('--server', values.server, parseServerAddress),
    stateDir: read('--state-dir', values['state-dir'], parsePath),
    caPin: read('--ca-pin', values['ca-pin'], parsePin),
    logLevel: read('--log-level', values['log-level'], parseLevel),
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      strict: true,
      allowPositionals: false,
      options: {
        'server': { type: 'string' },
        'state-dir': { type: 'string' },
        'ca-pin': { type: 'string' },
        'once': { type: 'boolean' },
        'log-level': { type: 'string' },
        'help': { type: 'boolean' },
        'version': { type: 'boolean' },
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
    throw new FatalError(EXIT.USAGE, `${option}: ${(error as Error).message}`);
  }
}

function parsePath(text: string): string {
  if (text === '' || text.includes('\0')) throw new Error('is not a path');
  return text;
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) throw new Error(`${JSON.stringify(text)} is none of ${LOG_LEVELS.join(', ')}`);
  return level;
}
