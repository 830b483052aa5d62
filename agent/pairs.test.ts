import fs, { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { X509Certificate } from 'node:crypto';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { keepCertificate } from './certificate';
import { createCsr, openIdentity } from './identity';
import { openPairs, type Pair } from './pairs';
import { openStateFolder } from './state/open-folder';
import { issueFor, keepingIn, makeAuthority, makeStateFolder, recordLog, type TestAuthority } from './testing';

let authority: TestAuthority;
let folder: string;

beforeEach(async () => {
  authority = await makeAuthority();
  folder = makeStateFolder();
  openStateFolder(folder);
  const identity = openIdentity(folder);
  keepCertificate(folder, await issue(identity), identity, [authority.pem]);
});

const issue = async (identity: Parameters<typeof createCsr>[0]) =>
  issueFor(authority, await createCsr(identity, 'a.test'), 'id');
const open = () => openPairs(folder, openIdentity(folder), [authority.pem], keepingIn(folder, recordLog().log).keeper);
const serialOf = (pair: Pair | null) => pair && new X509Certificate(pair.certificate).serialNumber;

/** A next pair, as a renewal leaves it. Returns its serial. */
async function renew(): Promise<string> {
  const pairs = open();
  const identity = pairs.nextIdentity();
  const pem = await issue(identity);
  pairs.keepNext(identity, pem);
  return new X509Certificate(pem).serialNumber;
}

it('tries the next pair first, and makes it the present one when it was taken', async () => {
  const next = await renew();
  const pairs = open();
  const pair = pairs.choose();
  expect(serialOf(pair)).toBe(next);
  pairs.accepted(pair!);
  expect(serialOf(pairs.choose())).toBe(next);
  expect(serialOf(open().choose())).toBe(next);
  expect(readdirSync(folder).sort()).toEqual(['client.crt', 'client.key']);
});

it('is taken again with every connection, and a renewal that has begun meanwhile is not disturbed', async () => {
  const next = await renew();
  const pairs = open();
  const pair = pairs.choose()!;
  pairs.accepted(pair);
  pairs.accepted(pair);
  pairs.nextIdentity();
  pairs.accepted(pair);
  expect(serialOf(open().choose())).toBe(next);
  expect(readdirSync(folder).sort()).toEqual(['client.crt', 'client.key', 'client.next.key']);
});

it('falls back when the next pair is refused, and forgets it only when the present one was taken', async () => {
  const before = serialOf(open().choose());
  const next = await renew();
  const pairs = open();
  pairs.refused(pairs.choose()!);
  expect(serialOf(pairs.choose())).toBe(before);
  // A crash here: the server may have taken the next one after all.
  expect(serialOf(open().choose())).toBe(next);

  pairs.accepted(pairs.choose()!);
  expect(serialOf(open().choose())).toBe(before);
  expect(readdirSync(folder).sort()).toEqual(['client.crt', 'client.key']);
});

it('asks for its standing with the next key when both are refused, then tries both again', async () => {
  const next = await renew();
  const pairs = open();
  pairs.refused(pairs.choose()!);
  pairs.refused(pairs.choose()!);
  expect(pairs.choose()).toBeNull();
  expect(pairs.enrolling().files.key).toBe('client.next.key');
  expect(serialOf(pairs.choose())).toBe(next);
});

it('asks again with the same key when the answer was lost, and with another after a renewal', async () => {
  const key = open().nextIdentity().publicKeyDer;
  expect(open().nextIdentity().publicKeyDer).toEqual(key);
  await renew();
  const pairs = open();
  pairs.accepted(pairs.choose()!);
  expect(pairs.nextIdentity().publicKeyDer).not.toEqual(key);
});

it('has a key made for each request: not one that lay there before, and the same again when the answer was lost', async () => {
  const before = open().nextIdentity();
  const key = open().nextIdentity('the first');
  expect(key.publicKeyDer).not.toEqual(before.publicKeyDer);
  // Also after a restart.
  expect(open().nextIdentity('the first').publicKeyDer).toEqual(key.publicKeyDer);
  expect(open().nextIdentity().publicKeyDer).toEqual(key.publicKeyDer);
  expect(open().isRenewedFor('the first')).toBe(false);

  const pairs = open();
  pairs.keepNext(key, await issue(key));
  pairs.accepted(pairs.choose()!);
  for (const each of [pairs, open()])
    expect([each.isRenewedFor('the first'), each.isRenewedFor('the second')]).toEqual([true, false]);
  expect(open().nextIdentity('the second').publicKeyDer).not.toEqual(key.publicKeyDer);
});

it('a request whose key was forgotten is not done', async () => {
  const key = open().nextIdentity('the first');
  open().keepNext(key, await issue(key));
  const pairs = open();
  pairs.refused(pairs.choose()!);
  pairs.accepted(pairs.choose()!);
  expect(pairs.isRenewedFor('the first')).toBe(false);
  expect(pairs.nextIdentity('the first').publicKeyDer).not.toEqual(key.publicKeyDer);
});

it('whenever it is killed while it makes a key for a request, the next start makes one after that request', async () => {
  let hasDied = false;
  for (let fatal = 1, died = true; died; fatal++, hasDied ||= died) {
    const leftover = open().nextIdentity();
    const request = `the ${fatal}.`;
    died = dieAt(fatal, () => void open().nextIdentity(request));
    const key = open().nextIdentity(request);
    expect(key.publicKeyDer).not.toEqual(leftover.publicKeyDer);
    expect(open().nextIdentity(request).publicKeyDer).toEqual(key.publicKeyDer);
  }
  expect(hasDied).toBe(true);
});

it('keeps nothing that is not for the next key', async () => {
  const pairs = open();
  const identity = pairs.nextIdentity();
  const before = serialOf(pairs.choose());
  expect(() => pairs.keepNext(identity, pairs.choose()!.certificate)).toThrow(/another key/);
  expect(serialOf(open().choose())).toBe(before);
});

const CALLS = ['openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'linkSync', 'rmSync'] as const;

/**
 * Runs it as if the process died before its `fatal`th call: that one and all after it do nothing. Returns whether it
 * did.
 */
function dieAt(fatal: number, run: () => void): boolean {
  let calls = 0;
  const originals = CALLS.map((name) => [name, fs[name]] as const);
  const restore = () => {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  };
  onTestFinished(restore);
  for (const [name, original] of originals) {
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (++calls >= fatal) throw new Error('dead');
        return (original as (...all: unknown[]) => unknown)(...args);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    run();
  } catch (error) {
    if ((error as Error).message !== 'dead' && !(error as Error).message.endsWith(': dead')) throw error;
  } finally {
    restore();
  }
  return calls >= fatal;
}

it('whenever it is killed on the way, the former pair or the next one is whole', async () => {
  const before = serialOf(open().choose());
  const seen = new Set<string>();
  for (let fatal = 1, died = true; died; fatal++) {
    const pairs = open();
    const identity = pairs.nextIdentity();
    const pem = await issue(identity);
    const next = new X509Certificate(pem).serialNumber;
    died = dieAt(fatal, () => pairs.keepNext(identity, pem));
    const after = open().choose();
    expect([before, next]).toContain(serialOf(after));
    expect(new X509Certificate(after!.certificate).checkPrivateKey(after!.identity.privateKey)).toBe(true);
    seen.add(serialOf(after) === before ? 'former' : 'next');
  }
  expect(seen).toEqual(new Set(['former', 'next']));
});

it('whenever it is killed while the next pair becomes the present one, the next pair is whole', async () => {
  let calls = 0;
  for (let fatal = 1, died = true; died; fatal++, calls++) {
    const next = await renew();
    const pairs = open();
    const pair = pairs.choose()!;
    died = dieAt(fatal, () => pairs.accepted(pair));
    const again = open();
    expect(serialOf(again.choose())).toBe(next);
    expect(again.choose()!.certificate).toBe(pair.certificate);
    again.accepted(again.choose()!);
    expect(serialOf(open().choose())).toBe(next);
  }
  expect(calls).toBeGreaterThan(4);
});

it('whenever it is killed while it makes the next key, that is whole or not there', async () => {
  const before = serialOf(open().choose());
  let hasDied = false;
  for (let fatal = 1, died = true; died; fatal++, hasDied ||= died) {
    const pairs = open();
    died = dieAt(fatal, () => void pairs.nextIdentity());
    expect(serialOf(open().choose())).toBe(before);
    await renew();
    const renewed = open();
    renewed.refused(renewed.choose()!);
    renewed.accepted(renewed.choose()!);
  }
  expect(hasDied).toBe(true);
});
