import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Arguments } from './arguments';
import { readDefaultConfig, type DefaultConfig } from '../discovery/default-config';
import { chooseInterfaces } from '../discovery/interfaces';
import { PORTS } from '../discovery/message';
import { readEnrolmentToken, type EnrolmentToken } from '../enrolment-token';
import { EXIT, FatalError } from './exit-codes';
import { openIdentity, type Identity } from '../identity';
import { createLog, keepTail, type Log } from './log';
import { createLogFile } from './log-file';
import { parsePin, parseServerAddress } from '../server-address';
import { Keeper } from '../state/keeper';
import { lockIdentity } from '../state/lock';
import { checkWritable, defaultStateFolder, FILES, openStateFolder } from '../state/open-folder';
import {
  createSettingsKeeper,
  forgetLocal,
  readSettings,
  readSettingsAtStart,
  serversOf,
  settingsOf,
  type Changes,
} from '../state/settings';
import { keepToken, readToken, removeToken } from '../state/token';
import type { Run } from '../run';
import { readAnchors } from '../trust/anchors';
import { readInForce } from '../configuration/documents';
import { inForceOf, ownOf } from '../configuration/own';
import { SaidError } from '../../words/said-error';
import { inEnglish, type Say, sayIn } from '../../words/say';
import { terminalLanguages } from '../../words/terminal-languages';
import { words } from '../../words/words';

export interface Configuration {
  folder: string;
  /** To be tried in turn; none: one is to be looked for. */
  servers: URL[];
  /** The server was found, not named: its addresses follow it. */
  isFound: boolean;
  discovery: NonNullable<Run['discovery']>;
  /** What this machine's owner decided, and who does what the server's configuration says of the process. */
  configured: NonNullable<Run['configured']>;
  identity: Identity;
  /** Whoever shows another CA is refused. Undefined: the first one met is trusted. */
  expectedPins: string[] | undefined;
  /** What to join with, unless this machine has joined. */
  token: EnrolmentToken | null;
  log: Log;
  /** The newest lines of the log. */
  logTail: (bytes: number) => string;
  /** What programs that are commanded find in theirs. */
  environment: NodeJS.ProcessEnv;
  keeper: Keeper;
  /** Keeps what is to be known at the next start. */
  remember: (changes: Changes) => void;
  /** Takes over what a server suggests where nobody says otherwise, and returns that. The rest is named in the log. */
  takeDefaults: (said: Record<string, unknown> | undefined) => DefaultConfig;
  /** How often this machine looks whether it has changed. */
  lookSeconds: number | undefined;
  once: boolean;
  /** Lets another process have the state directory. */
  unlock: () => void;
}

/**
 * Opens the state directory, takes its lock, and joins the command line with agent.yaml: an option given wins and is
 * kept for the next start. Throws FatalError.
 *
 * @param say the language of the log
 */
export async function configure(given: Arguments, say: Say): Promise<Configuration> {
  const folder = resolve(given.stateDir ?? defaultStateFolder(process.env['ProgramData']));
  openStateFolder(folder);
  const { settings: written, damage } = readSettingsAtStart(folder);
  const inForce = readInForce(folder);
  // Its addresses are confirmed, and the file, which was to be written next, has those of before: nobody set these.
  const isMoved = inForce.isHalfConfirmed && !given.server;
  const moved = isMoved ? inForceOf(inForce.document, ownOf(given, written)).server?.addresses : undefined;
  const stored = moved ? { ...written, server: moved[0], servers: [...moved] } : written;
  const own = ownOf(given, stored);
  let values = inForceOf(inForce.document, own);
  let suggested = stored.suggested ?? {};
  const lines = keepTail();
  const level = () => values.log?.level ?? suggested.log_level ?? 'info';
  const logFile = createLogFile(join(folder, 'log'), { onFailure: (why) => log.warn(why) });
  logFile.use(values.log?.file);
  const log: Log = createLog(
    level,
    (line, english) => {
      process.stderr.write(line);
      logFile.write(line);
      // A server that asks for them has its own people.
      lines.add(english);
    },
    () => new Date(),
    say,
  );
  if (damage !== undefined) log.warn(damage);
  let damaged = damage;
  if (inForce.damage !== undefined) log.warn(inForce.damage);
  const keeper = new Keeper(log);
  keeper.keep('the state directory', () => checkWritable(folder));
  const remember = createSettingsKeeper(folder, keeper);
  const identity = openIdentity(folder);
  const unlock = await lockIdentity(folder, identity.privateKeyPem);
  const token = takeToken(folder, given.token, keeper);
  const named = given.server ? [given.server] : (token?.servers ?? serversOf(stored));
  // A start that names a server that has moved since, as the unit of a service may for years, finds it all the same.
  const confirmed = (values.server?.addresses ?? []).map(parseServerAddress);
  const servers = token ? named : withoutRepeats([...named, ...confirmed]);
  const isNamed = given.server !== undefined || token !== null;
  if (token && given.caPin && !token.pins.includes(given.caPin)) {
    throw new FatalError(EXIT.USAGE, words('agent.option.other_ca'));
  }
  const expectedPin = given.caPin ?? (stored.ca_pin === undefined ? undefined : parsePin(stored.ca_pin));
  // Only what was given: a default written down would outlive the release that changes it. A pin is for the first
  // contact; kept after it, one mistyped would turn every later start away.
  const hasTrust = readAnchors(folder).pins.length > 0;
  remember({
    ...(given.server && settingsOf([given.server])),
    ...(moved && settingsOf(moved.map(parseServerAddress))),
    ...(isNamed && { server_found: null, suggested: null }),
    ...(given.discoveryInterfaces && { discovery: { ...stored.discovery, interfaces: given.discoveryInterfaces } }),
    ca_pin: hasTrust ? undefined : given.caPin,
    log_level: given.logLevel,
  });
  return {
    folder,
    servers,
    isFound: !isNamed && stored.server_found !== undefined,
    takeDefaults(said) {
      const { taken, ignored } = readDefaultConfig(said);
      if (ignored.length > 0) log.warn(`the server suggests settings that are not its to make: ${ignored.join(', ')}`);
      return (suggested = taken);
    },
    lookSeconds: stored.look_seconds ?? suggested.look_seconds,
    discovery: {
      interfaces: chooseInterfaces(values.discovery?.interfaces, given.service),
      isService: given.service,
      ports: {
        beacon: stored.discovery?.port ?? PORTS.beacon,
        announcements: stored.discovery?.announcement_port ?? PORTS.announcements,
      },
    },
    configured: {
      own,
      check({ log }, before) {
        // Nobody knows what the owner has locked in it.
        if (damaged !== undefined) throw new SaidError(damaged);
        if (log?.file !== before.log?.file) logFile.check(log?.file);
      },
      ...(damage !== undefined && { damage }),
      apply(changed) {
        values = changed;
        logFile.use(changed.log?.file);
      },
      limitMs: stored.confirm_seconds === undefined ? undefined : stored.confirm_seconds * 1000,
      withoutMs: stored.other_ways_seconds === undefined ? undefined : stored.other_ways_seconds * 1000,
      readOwn() {
        const own = ownOf(given, readSettings(folder));
        damaged = undefined;
        return own;
      },
      putBack: (keys) => void keeper.keep(FILES.settings, () => forgetLocal(folder, keys)),
    },
    identity,
    expectedPins: token?.pins ?? (expectedPin === undefined ? undefined : [expectedPin]),
    token,
    log,
    logTail: lines.tail,
    environment: process.env,
    keeper,
    remember,
    once: given.once,
    unlock,
  };
}

/**
 * The language of whoever reads what this process says: the terminal's, but English where a service manager or a server
 * started it, and programs read it.
 */
export function chooseSay(argv: readonly string[]): Say {
  return argv.includes('--service') || process.connected ? inEnglish : sayIn(terminalLanguages(process.env));
}

const withoutRepeats = (addresses: URL[]) => [...new Map(addresses.map((address) => [address.host, address])).values()];

/** The token given, kept for a restart, or the one kept before. A machine that has its certificate needs none. */
function takeToken(folder: string, given: string | undefined, keeper: Keeper): EnrolmentToken | null {
  if (existsSync(join(folder, FILES.certificate))) {
    keeper.keep(FILES.token, () => removeToken(folder));
    return null;
  }
  if (given === undefined) return readToken(folder);
  keeper.keep(FILES.token, () => keepToken(folder, given));
  return readEnrolmentToken(given);
}
