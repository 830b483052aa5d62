import { X509Certificate } from 'node:crypto';
import type { Proxy } from '../connection/proxy';
import { EXIT, FatalError } from '../process/exit-codes';
import type { Log } from '../process/log';
import type { Keeper } from '../state/keeper';
import { FILES } from '../state/open-folder';
import { pinOf, publicKeyOf, readAnchors, writeAnchors, type Anchors } from './anchors';
import { meetServer } from './meet-server';
import { saidBy, SaidError } from '../../words/said-error';
import { words, type Words } from '../../words/words';

export interface TrustRequest {
  folder: string;
  server: URL;
  /** What is between this machine and the server. */
  proxy?: Proxy | null;
  /** The pins an administrator gave, hex: one, or those of an enrolment token. */
  expectedPins: readonly string[] | undefined;
  /** What the server named when it was found: it must show the same, but nobody has given it. */
  foundPin?: string;
  log: Log;
  keeper: Keeper;
  signal: AbortSignal;
}

/** What every later connection is checked against, and the key that the fingerprint words are made of. */
export interface Trust extends Anchors {
  /** The public key of the CA that the server signs with now: DER SubjectPublicKeyInfo. */
  signingKeyDer: Buffer;
}

/**
 * Decides, once a start and before anything is said to the server, whether it is ours: its CA must be a stored one,
 * and among the pins given, if any were; with neither the first one met is stored and trusted from then on.
 * Throws FatalError UNTRUSTED_SERVER when the pins differ (a stored one is never overwritten), STATE when the first one
 * met cannot be stored, any other Error when the server cannot be met.
 */
export async function establishTrust({
  folder,
  server,
  proxy = null,
  expectedPins,
  foundPin,
  log,
  keeper,
  signal,
}: TrustRequest): Promise<Trust> {
  const stored = readAnchors(folder);
  // What is stored besides a pin that was given, a server with that pin has vouched for since.
  const isExpected = !expectedPins || stored.pins.some((pin) => expectedPins.includes(pin));
  const accepted = stored.pins.length > 0 ? (isExpected ? stored.pins : []) : expectedPins;
  if (accepted?.length === 0) {
    throw refusal(
      words('agent.trust.other_pin_given', { given: expectedPins!.join(', '), trusted: stored.pins.join(', ') }),
      folder,
    );
  }
  const authority = await meetServer(server, signal, proxy);
  const pin = pinOf(authority);
  if (accepted && !accepted.includes(pin)) {
    throw refusal(words('agent.trust.shows', { server: server.host, pin, expected: accepted.join(', ') }), folder);
  }
  if (!accepted && foundPin !== undefined && foundPin !== pin) {
    throw new SaidError(words('agent.trust.shows_another', { server: server.host, pin, named: foundPin }));
  }
  const signingKeyDer = publicKeyOf(authority);
  const pem = authority.toString();
  if (stored.authorities.includes(pem)) return { ...stored, signingKeyDer };
  // The same key in a renewed certificate takes the place of the old one.
  const others = stored.authorities.filter((other) => pinOf(new X509Certificate(other)) !== pin);
  const anchors = {
    authorities: [...others, pem],
    pins: stored.pins.length > 0 ? stored.pins : [...(expectedPins ?? [pin])],
  };
  if (accepted) keeper.keep(FILES.authorities, () => writeAnchors(folder, anchors));
  else keepFirst(folder, anchors);
  log.info(words(accepted ? 'agent.trust.expected' : 'agent.trust.first', { pin }));
  return { ...anchors, signingKeyDer };
}

/** Whoever is trusted for being met first must be the first once only. */
function keepFirst(folder: string, anchors: Anchors): void {
  try {
    writeAnchors(folder, anchors);
  } catch (error) {
    throw new FatalError(EXIT.STATE, words('agent.trust.not_stored', { folder, reason: saidBy(error) }));
  }
}

function refusal(what: Words, folder: string): FatalError {
  return new FatalError(
    EXIT.UNTRUSTED_SERVER,
    words('agent.trust.refused', { what, authorities: FILES.authorities, pins: FILES.pins, folder }),
  );
}
