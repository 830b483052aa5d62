import { existsSync, readFileSync, rmSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { keepCertificate, readCertificate } from './certificate';
import { FatalError } from './process/exit-codes';
import { NEXT_PAIR, CURRENT_PAIR, openIdentity, type Identity } from './identity';
import { nameOfKey, openActed } from './state/acted';
import type { Keeper } from './state/keeper';
import { checkPrivateFile } from './state/open-folder';
import { renameDurably } from './state/write-file';

/** A key and the certificate (PEM) for it: what this machine shows. */
export interface Pair {
  identity: Identity;
  certificate: string;
}

/**
 * The pair this machine uses, and beside it the next one, until a connection has shown that the server takes it. A
 * crash at any point leaves one of them whole: the next pair is written beside the present one, and when its key has
 * taken the place of the former, its certificate follows, if need be at the next start.
 *
 * Where the state directory cannot be written, the pair in use is the one in memory, and the files follow when they
 * can.
 */
export interface Pairs {
  /**
   * What to connect with: the next pair before the present one, none that was refused. Null when there is none left.
   */
  choose(): Pair | null;
  /** The key to ask for one's standing with, when there is no pair left: then all may be tried again. */
  enrolling(): Identity;
  /** The server gave that key a certificate (PEM, checked). Returns whether it is on the disk already. */
  enrolled(identity: Identity, certificate: string): boolean;
  /** The server took it. The next pair becomes the present one; that it took the present one says the next is void. */
  accepted(pair: Pair): void;
  refused(pair: Pair): void;
  /**
   * The key for a renewal, new, or that of one whose answer was lost. With a request it was made for that one: whoever
   * asks for a new key does not mean one that lay there before. Throws when it cannot be kept: it may be needed.
   */
  nextIdentity(request?: string): Identity;
  /** Whether the pair in use was made for that request. */
  isRenewedFor(request: string): boolean;
  /** Keeps the certificate (PEM) for that key. Throws when it is not one, or cannot be kept. */
  keepNext(identity: Identity, pem: string): void;
}

/** @param identity of the present pair, which may have no certificate yet */
export function openPairs(folder: string, identity: Identity, authorities: readonly string[], keeper: Keeper): Pairs {
  /** Its files are those of the next pair until it has taken the place of the former. */
  let present = identity;
  let refused: Identity[] = [];
  let isNextVoid = false;
  /** A certificate that is not on the disk yet. */
  let held: Pair | null = null;
  const acted = openActed(folder);
  const isMadeFor = (request: string, key: Identity) => {
    const made = acted.get('renew');
    return made?.request === request && made.key === nameOfKey(key);
  };
  const settle = () => keeper.keep('the key and its certificate', bringToDisk);
  settle();

  /** May stop half-way, and be called again at any time. */
  function bringToDisk(): void {
    if (held) keepCertificate(folder, held.certificate, held.identity, authorities);
    held = null;
    if (isNextVoid) discardNext(folder);
    isNextVoid = false;
    if (present.files === NEXT_PAIR) {
      renameDurably(join(folder, NEXT_PAIR.key), join(folder, CURRENT_PAIR.key));
      present = { ...present, files: CURRENT_PAIR };
    }
    finishAdoption(folder, present);
  }

  function certificateOf(key: Identity): string | null {
    if (held && isSame(held.identity, key)) return held.certificate;
    return readCertificate(folder, key, authorities);
  }

  function presentPair(): Pair | null {
    // After the first of the two renames of an adoption it is still where the next one was.
    const certificate =
      certificateOf(present) ?? readCertificate(folder, { ...present, files: NEXT_PAIR }, authorities);
    return certificate === null ? null : { identity: present, certificate };
  }

  /**
   * Null without a whole and fitting pair. A key that waits for its certificate stays: the server may have signed it.
   */
  function nextPair(): Pair | null {
    const path = join(folder, NEXT_PAIR.key);
    if (isNextVoid || present.files === NEXT_PAIR || !existsSync(path)) return null;
    try {
      checkPrivateFile(path);
      const next = openIdentity(folder, NEXT_PAIR);
      const certificate = certificateOf(next);
      return certificate === null ? null : { identity: next, certificate };
    } catch (error) {
      // It is not needed: a machine with a good pair must not stay away because of what was to replace it.
      if (!(error instanceof FatalError)) throw error;
      isNextVoid = true;
      settle();
      return null;
    }
  }

  function unlessRefused(pair: Pair | null): Pair | null {
    return pair && refused.some((key) => isSame(key, pair.identity)) ? null : pair;
  }

  return {
    choose: () => unlessRefused(nextPair()) ?? unlessRefused(presentPair()),
    enrolling() {
      refused = [];
      return nextPair()?.identity ?? present;
    },
    enrolled(key, certificate) {
      held = { identity: key, certificate };
      return settle();
    },
    accepted({ identity: used }) {
      // A pair that was the next one when it was chosen is the present one by now: it is taken again with every
      // connection.
      if (!isSame(used, present)) present = used;
      else if (refused.some(({ files }) => files === NEXT_PAIR)) isNextVoid = true;
      refused = [];
      settle();
    },
    refused: (pair) => void refused.push(pair.identity),
    nextIdentity(request) {
      try {
        // What is there of a next pair may be the one in use.
        bringToDisk();
        const isThere = existsSync(join(folder, NEXT_PAIR.key));
        let next = openIdentity(folder, NEXT_PAIR);
        if (request === undefined || isMadeFor(request, next)) return next;
        if (isThere) {
          discardNext(folder);
          next = openIdentity(folder, NEXT_PAIR);
        }
        acted.set('renew', { request, key: nameOfKey(next) });
        return next;
      } catch (error) {
        keeper.failed('the next key', error);
        throw error;
      }
    },
    isRenewedFor: (request) => isMadeFor(request, present),
    keepNext(key, pem) {
      try {
        keepCertificate(folder, pem, key, authorities);
      } catch (error) {
        keeper.failed('the next certificate', error);
        throw error;
      }
    },
  };
}

const isSame = (one: Identity, other: Identity) => one.publicKeyDer.equals(other.publicKeyDer);

/** Does the second of the two renames of an adoption, when the first was all there was time for. */
function finishAdoption(folder: string, present: Identity): void {
  const from = join(folder, NEXT_PAIR.certificate);
  if (existsSync(join(folder, NEXT_PAIR.key)) || !existsSync(from)) return;
  if (isFor(present, readFileSync(from, 'utf8'))) renameDurably(from, join(folder, CURRENT_PAIR.certificate));
  else rmSync(from);
}

function isFor({ privateKey }: Identity, pem: string): boolean {
  try {
    return new X509Certificate(pem).checkPrivateKey(privateKey);
  } catch {
    return false; // not a certificate at all, so nothing to keep
  }
}

/** The key last: a certificate alone is a leftover, a key alone a question still open. */
function discardNext(folder: string): void {
  for (const name of [NEXT_PAIR.certificate, NEXT_PAIR.key]) rmSync(join(folder, name), { force: true });
}
