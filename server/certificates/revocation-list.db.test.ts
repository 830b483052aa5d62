/** The revocation list as others meet it: fetched from the agents' listener, read by OpenSSL and by the library. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { certificates } from '../../db/schema';
import { enrolledHost, serveApi } from '../agents/testing';
import { administratorOf, testServices } from '../testing';
import { createRevocationLists } from './revocation-list';
import { openssl, opensslTest, temporaryFolder } from './testing';
import * as x509 from './der/x509';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

/** Numbers and serials of a list, by the library. */
function read(der: Uint8Array) {
  const list = new x509.X509Crl(new Uint8Array(der));
  return { list, serials: list.entries.map(({ serialNumber }) => serialNumber.toUpperCase()) };
}

async function fetchList(port: number, path: string, headers: Record<string, string> = {}) {
  const call = request({ port, host: '127.0.0.1', path, headers, ca: services.authority.signing.pem });
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

opensslTest('OpenSSL refuses a revoked certificate by it and accepts its neighbour', async () => {
  const port = await serveApi(services);
  const good = await enrolledHost(services, admin, 'good.example');
  const bad = await enrolledHost(services, admin, 'bad.example');
  const folder = await temporaryFolder();
  const file = (name: string) => join(folder, name);
  await writeFile(file('ca.crt'), services.authority.signing.pem);
  await writeFile(file('good.crt'), good.shown.cert);
  await writeFile(file('bad.crt'), bad.shown.cert);
  const verify = async (name: string) => {
    await writeFile(file('crl.pem'), (await fetchList(port, '/crl.pem')).body);
    const trust = ['-CAfile', file('ca.crt'), '-CRLfile', file('crl.pem')];
    return openssl('verify', '-crl_check', '-x509_strict', ...trust, file(name));
  };
  expect(await verify('good.crt')).toEqual({ code: 0, output: `${file('good.crt')}: OK\n` });
  expect(await verify('bad.crt')).toMatchObject({ code: 0 });

  await admin.hosts.revoke({ hostId: bad.hostId });

  expect(await verify('good.crt')).toMatchObject({ code: 0 });
  expect(await verify('bad.crt')).toMatchObject({ code: 2, output: expect.stringContaining('certificate revoked') });
  const printed = openssl('crl', '-in', file('crl.pem'), '-CAfile', file('ca.crt'), '-noout', '-text');
  expect(printed.output).toContain('verify OK');
  expect(printed.output).toMatch(/X509v3 CRL Reason Code: \n\s+Privilege Withdrawn/);
});

test('says who made it, when, until when, which one it is, and what was revoked when and why', async () => {
  await enrolledHost(services, admin);
  const { db, events, authority } = services;
  const now = new Date('2049-12-30T12:00:00Z');
  const revokedAt = new Date('2049-12-29T01:02:03Z');
  const listNow = async () =>
    read((await createRevocationLists({ db, events, authority, now: () => now }).current()).der);
  expect((await listNow()).serials).toEqual([]);

  await db.update(certificates).set({ revokedAt, revocationReason: 'superseded', notAfter: new Date('2050-01-30') });
  const { list, serials } = await listNow();

  const [row] = await db.select().from(certificates);
  expect(serials).toEqual([row!.serial]);
  expect(list.entries[0]).toMatchObject({ revocationDate: revokedAt, reason: x509.X509CrlReason.superseded });
  expect(list.issuer).toBe(new x509.X509Certificate(authority.signing.pem).subject);
  expect(list.thisUpdate).toEqual(now);
  // Past 2049, which is written in another form.
  expect(list.nextUpdate).toEqual(new Date('2050-01-06T12:00:00Z'));
  expect(list.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
    new x509.X509Certificate(authority.signing.pem).getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
  );
  expect(await list.verify({ publicKey: new x509.X509Certificate(authority.signing.pem) })).toBe(true);
});

test('a deleted host’s certificate stays on it, with the reason', async () => {
  const host = await enrolledHost(services, admin);
  await admin.hosts.delete({ hostId: host.hostId });
  const { list } = read((await services.revocationLists.current()).der);
  expect(list.entries[0]).toMatchObject({ reason: x509.X509CrlReason.cessationOfOperation });
});

describe('when it is made', () => {
  let clock: Date;
  const lists = () => createRevocationLists({ ...services, now: () => clock });

  beforeEach(() => {
    clock = new Date();
  });

  test('once for all who ask, and anew after an hour, long before it ends', async () => {
    const made = lists();
    const [one, other] = await Promise.all([made.current(), made.current()]);
    expect(other).toBe(one);
    clock = new Date(clock.getTime() + HOUR_MS - 1);
    expect(await made.current()).toBe(one);
    clock = new Date(clock.getTime() + 1);
    const next = await made.current();
    expect(next.number).toBe(one.number + 1);
    expect(next.nextUpdate.getTime() - one.nextUpdate.getTime()).toBe(HOUR_MS);
    expect(one.nextUpdate.getTime() - one.thisUpdate.getTime()).toBe(7 * DAY_MS);
  });

  test('anew upon a revocation, also one that is committed while a list is made', async () => {
    const { hostId } = await enrolledHost(services, admin);
    const made = lists();
    const before = made.current();
    await admin.hosts.revoke({ hostId });
    const after = await made.current();
    expect((await before).number).toBeLessThan(after.number);
    expect(read(after.der).serials).toHaveLength(1);
  });

  test('numbers grow across restarts and processes', async () => {
    const numbers = [];
    for (let start = 0; start < 3; start++) numbers.push((await lists().current()).number);
    const atOnce = await Promise.all([lists(), lists(), lists()].map((process) => process.current()));
    numbers.push(...atOnce.map(({ number }) => number).sort((a, b) => a - b));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a failure is that of whoever asked, and the next question starts anew', async () => {
    const made = lists();
    clock = new Date(NaN);
    await expect(made.current()).rejects.toThrow();
    clock = new Date();
    expect((await made.current()).number).toBeGreaterThan(0);
  });
});

test('an entry is dropped after a list has outlived its certificate', async () => {
  const { hostId } = await enrolledHost(services, admin);
  await admin.hosts.revoke({ hostId });
  const endedBefore = async (ms: number) => {
    const notAfter = new Date(Date.now() - ms);
    await services.db.update(certificates).set({ notAfter }).where(eq(certificates.hostId, hostId));
    return read((await createRevocationLists(services).current()).der).serials.length;
  };
  expect(await endedBefore(6.9 * DAY_MS)).toBe(1);
  expect(await endedBefore(7.1 * DAY_MS)).toBe(0);
});

describe('over HTTP', () => {
  test('the same list in both forms, by their types', async () => {
    const port = await serveApi(services);
    const pem = await fetchList(port, '/crl.pem');
    const der = await fetchList(port, '/crl.der');
    expect(pem.headers['content-type']).toMatch(/^application\/x-pem-file/);
    expect(der.headers['content-type']).toBe('application/pkix-crl');
    expect(Buffer.from(x509.PemConverter.decodeFirst(String(pem.body)))).toEqual(der.body);
  });

  test('an unchanged list is not sent again, a changed one is', async () => {
    const port = await serveApi(services);
    const { hostId } = await enrolledHost(services, admin);
    const { etag } = (await fetchList(port, '/crl.der')).headers;
    const again = () => fetchList(port, '/crl.der', { 'if-none-match': etag! });
    expect(await again()).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    await admin.hosts.revoke({ hostId });
    expect(await again()).toMatchObject({ status: 200 });
  });
});
