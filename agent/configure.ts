import { resolve } from 'node:path';
import type { Arguments } from './arguments';
import { EXIT, FatalError } from './exit-codes';
import { openIdentity, type Identity } from './identity';
import type { LogLevel } from './log';
import { parsePin, parseServerAddress } from './server-address';
import { lockIdentity } from './state/lock';
import { defaultStateFolder, openStateFolder } from './state/open-folder';
import { keepSettings, readSettings } from './state/settings';
import { readAnchors } from './trust/anchors';

export interface Configuration {
  folder: string;
  server: URL;
  identity: Identity;
  expectedPin: string | undefined;
  logLevel: LogLevel;
  once: boolean;
}

/**
 * Opens the state directory, takes its lock, and joins the command line with agent.yaml: an option given wins and is
 * kept for the next start. Throws FatalError.
 */
export async function configure(given: Arguments): Promise<Configuration> {
  const folder = resolve(given.stateDir ?? defaultStateFolder(process.env['ProgramData']));
  openStateFolder(folder);
  const stored = readSettings(folder);
  const server = given.server ?? (stored.server === undefined ? undefined : parseServerAddress(stored.server));
  if (!server) throw new FatalError(EXIT.USAGE, 'which server? give --server https://HOST:6443');
  const identity = openIdentity(folder);
  await lockIdentity(folder, identity.privateKeyPem);
  const expectedPin = given.caPin ?? (stored.ca_pin === undefined ? undefined : parsePin(stored.ca_pin));
  // Only what was given: a default written down would outlive the release that changes it. A pin is for the first
  // contact; kept after it, one mistyped would turn every later start away.
  const hasTrust = readAnchors(folder).pins.length > 0;
  keepSettings(folder, {
    server: given.server && `https://${server.hostname}:${server.port || 443}`,
    ca_pin: hasTrust ? undefined : given.caPin,
    log_level: given.logLevel,
  });
  return {
    folder,
    server,
    identity,
    expectedPin,
    logLevel: given.logLevel ?? stored.log_level ?? 'info',
    once: given.once,
  };
}
