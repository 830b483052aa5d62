import { existsSync, readFileSync, rmSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { keepCertificate, readCertificate } from './certificate';
import { FatalError } from './process/exit-codes';
import { NEXT_PAIR, CURRENT_PAIR, openIdentity, type Identity } from './identity';
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
 */
export interface Pairs {
  /** What to connect with: the next pair before the present one, none that was refused. Null when there is none left. */
  choose(): Pair | null;
  /** The key to ask for one's standing with, when there is no pair left: then all may be tried again. */
  enrolling(): Identity;
  /** The server took it. The next pair becomes the present one; that it took the present one says the next is void. */
  accepted(pair: Pair): void;
  refused(pair: Pair): void;
  /** The key for a renewal, new, or that of one whose answer was lost. */
  nextIdentity(): Identity;
  /** Keeps the certificate (PEM) for that key. Throws when it is not one. */
  keepNext(identity: Identity, pem: string): void;
}

/** @param identity of the present pair, which may have no certificate yet */
export function openPairs(folder: string, identity: Identity, authorities: readonly string[]): Pairs {
  let present = identity;
  let refused: Identity[] = [];
  finishAdoption(folder, present);

  function unlessRefused(pair: Pair | null): Pair | null {
    const isRefused = refused.some(({ publicKeyDer }) => pair && publicKeyDer.equals(pair.identity.publicKeyDer));
    return isRefused ? null : pair;
  }

  return {
    choose() {
      const next = unlessRefused(readNext(folder, authorities));
      if (next) return next;
      const certificate = readCertificate(folder, present, authorities);
      return unlessRefused(certificate === null ? null : { identity: present, certificate });
    },
    enrolling() {
      refused = [];
      return readNext(folder, authorities)?.identity ?? present;
    },
    accepted({ identity: used }) {
      // Also true of a pair that was the next one when it was chosen: it is taken again with every connection.
      const isPresent = used.publicKeyDer.equals(present.publicKeyDer);
      if (used.files === NEXT_PAIR && !isPresent) {
        renameDurably(join(folder, NEXT_PAIR.key), join(folder, CURRENT_PAIR.key));
        renameDurably(join(folder, NEXT_PAIR.certificate), join(folder, CURRENT_PAIR.certificate));
        present = { ...used, files: CURRENT_PAIR };
      } else if (refused.some(({ files }) => files === NEXT_PAIR)) {
        discardNext(folder);
      }
      refused = [];
    },
    refused: (pair) => void refused.push(pair.identity),
    nextIdentity: () => openIdentity(folder, NEXT_PAIR),
    keepNext: (identity, pem) => void keepCertificate(folder, pem, identity, authorities),
  };
}

/** Null without a whole and fitting pair. A key that waits for its certificate stays: the server may have signed it. */
function readNext(folder: string, authorities: readonly string[]): Pair | null {
  const path = join(folder, NEXT_PAIR.key);
  if (!existsSync(path)) return null;
  try {
    checkPrivateFile(path);
    const identity = openIdentity(folder, NEXT_PAIR);
    const certificate = readCertificate(folder, identity, authorities);
    return certificate === null ? null : { identity, certificate };
  } catch (error) {
    // It is not needed: a machine with a good pair must not stay away because of what was to replace it.
    if (!(error instanceof FatalError)) throw error;
    discardNext(folder);
    return null;
  }
}

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
