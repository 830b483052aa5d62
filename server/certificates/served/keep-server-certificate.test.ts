import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import pino from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Authority } from '../authority/authority';
import { ensureServerCertificate, type ServerCertificate } from './ensure-server-certificate';
import { keepServerCertificate } from './keep-server-certificate';
import { readWebCertificate } from './read-web-certificate';
import { newAuthority, temporaryFolder } from '../testing';

const DAY_MS = 24 * 60 * 60 * 1000;

let authority: Authority;
let directory: string;
let names: string[];
let now: Date;
let port: number;
let logged: { msg: string; level: number }[];
let first: ServerCertificate;
/** Those that took its place. */
let renewed: ServerCertificate[];
let kept: ReturnType<typeof keepServerCertificate>;

beforeEach(async () => {
  authority = await newAuthority();
  directory = await temporaryFolder();
  names = ['localhost'];
  now = new Date();
  renewed = [];
  logged = [];
  const ensure = () => ensureServerCertificate(authority, { directory, names, now });
  first = await ensure();
  const server = createServer(first, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  kept = keepServerCertificate({
    listener: 'agents',
    served: first,
    ensure,
    serve(certificate) {
      server.setSecureContext(certificate);
      renewed.push(certificate);
    },
    log: pino({}, { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) }),
    intervalMs: 2,
  });
  onTestFinished(async () => {
    await kept.stop();
    server.close();
  });
});

async function shakeHands(servername = 'localhost'): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.signing.pem, servername });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const shownBy = (socket: TLSSocket) => socket.getPeerX509Certificate()!.toString();
const leafOf = ({ cert }: ServerCertificate) => new X509Certificate(cert).toString();

test('a name the machine has got is served soon after, and what was open stays open', async () => {
  const before = await shakeHands();
  await expect(shakeHands('new.example')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });

  names.push('new.example');
  await expect.poll(() => renewed.length).toBe(1);

  expect(shownBy(await shakeHands('new.example'))).toBe(leafOf(renewed[0]!));
  before.write('still here');
  expect(String(await once(before, 'data'))).toBe('still here');
  expect(shownBy(before)).toBe(leafOf(first));
});

test('a date that comes near renews it, once, with another key', async () => {
  now = new Date(now.getTime() + 300 * DAY_MS);
  await expect.poll(() => renewed.length).toBe(1);
  expect(renewed[0]!.notAfter.getTime() - first.notAfter.getTime()).toBe(300 * DAY_MS);
  expect(renewed[0]!.key).not.toBe(first.key);
  expect(kept.current()).toBe(renewed[0]);
  // It lasts: what is asked for next is another name.
  names.push('another.example');
  await expect.poll(() => renewed.length).toBe(2);
});

test('a failure is logged, the old one is served on, and the next look mends it', async () => {
  names.push('two words');
  await expect.poll(() => logged.length).toBeGreaterThan(1);
  expect(logged[0]).toMatchObject({ level: 50, msg: 'the certificate of the agents cannot be renewed' });
  expect(shownBy(await shakeHands())).toBe(leafOf(first));

  names.pop();
  names.push('mended.example');
  await expect.poll(() => renewed.length).toBe(1);
  expect(shownBy(await shakeHands('mended.example'))).toBe(leafOf(renewed[0]!));
});

test('files that somebody broke are mended while it runs', async () => {
  await writeFile(join(directory, 'server.key'), 'no key');
  await expect.poll(() => renewed.length).toBe(1);
  expect(await readFile(join(directory, 'server.key'), 'utf8')).toBe(renewed[0]!.key);
});

test('once stopped it changes nothing any more', async () => {
  await kept.stop();
  names.push('late.example');
  await kept.stop();
  expect(await readFile(join(directory, 'server.crt'), 'utf8')).toBe(first.cert);
  expect(renewed).toEqual([]);
});

test('pages show what their files have by now, and the old one while the two do not belong together', async () => {
  const [cert, key] = [join(directory, 'web.crt'), join(directory, 'web.key')];
  const write = (file: string, text: string) => writeFile(file, text);
  const other = await ensureServerCertificate(authority, { directory: await temporaryFolder(), names });
  await Promise.all([write(cert, first.cert), write(key, first.key)]);
  const read = () => readWebCertificate({ tls: { cert, key } })!;
  const served: string[] = [];
  const web = keepServerCertificate({
    listener: 'pages',
    served: read(),
    ensure: read,
    serve: (certificate) => void served.push(certificate.cert),
    log: pino({}, { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) }),
    intervalMs: 2,
  });
  onTestFinished(() => web.stop());

  await write(cert, other.cert);
  await expect.poll(() => logged.length).toBeGreaterThan(1);
  expect(logged[0]).toMatchObject({ level: 50, msg: 'the certificate of the pages cannot be renewed' });
  expect(served).toEqual([]);
  await write(key, other.key);
  await expect.poll(() => served).toEqual([other.cert]);
  expect(web.current().notAfter).toEqual(other.notAfter);
});
