/** What people are told before agents are sent to a name that the server's certificate is not for. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { seedHosts } from '../hosts/testing';
import { createLog } from '../log';
import { administratorOf, testServices } from '../testing';
import { findUnvouched } from './layers/find-unvouched';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const serveFor = (names: string[]) =>
  ensureServerCertificate(services.authority, { directory: services.config.certificates.path, names });

const ADDRESSES = [
  'https://old.example.com:6443',
  'https://NEW.example.com',
  'https://192.0.2.7',
  'https://[::1]:6443',
];
const document = (addresses: readonly string[]) => ({
  server: { addresses: [...addresses], proxy: 'http://proxy.test' },
});

test('names that the certificate is not for are warned of, in every layer, before it is saved and until they are in it', async () => {
  await serveFor(['old.example.com', '::1']);
  const [hostId] = await seedHosts(services.db, [{}]);
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop' });
  const unvouched = ['https://NEW.example.com', 'https://192.0.2.7'];
  const text = JSON.stringify(document(ADDRESSES));
  const saved = { document: document(ADDRESSES), etag: '*' };
  const { configuration } = admin;
  expect(
    await Promise.all([
      configuration.previewGlobal({ text }),
      configuration.previewFleet({ fleetId, text }),
      configuration.previewHost({ hostId: hostId!, text }),
      configuration.saveGlobal(saved),
      configuration.saveFleet({ fleetId, ...saved }),
      configuration.saveHost({ hostId: hostId!, ...saved }),
    ]),
  ).toEqual(Array.from({ length: 6 }, (): unknown => expect.objectContaining({ unvouched })));
  const layers = () =>
    Promise.all([configuration.global(), configuration.fleet({ fleetId }), configuration.host({ hostId: hostId! })]);
  expect(await layers()).toMatchObject([{ unvouched }, { unvouched }, { unvouched }]);
  await serveFor(['old.example.com', 'new.example.com', '192.0.2.7', '::1']);
  expect(await layers()).toMatchObject([{ unvouched: [] }, { unvouched: [] }, { unvouched: [] }]);
});

test('of a layer that names no addresses, and of a certificate that cannot be read, nothing is said', async () => {
  const preview = async (document: object) =>
    (await admin.configuration.previewGlobal({ text: JSON.stringify(document) })).unvouched;
  expect(await preview(document(ADDRESSES)), 'none is there').toEqual([]);
  await serveFor(['old.example.com']);
  expect(await preview({ server: { proxy: 'http://proxy.test' }, log: { level: 'debug' } })).toEqual([]);
  expect(await preview(document(ADDRESSES.slice(1, 2)))).toHaveLength(1);
  await writeFile(join(services.config.certificates.path, 'server.crt'), 'half of a copy');
  expect(await preview(document(ADDRESSES))).toEqual([]);
});

test('that the certificate cannot be read is one line in the log, however many look', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  await writeFile(join(services.config.certificates.path, 'server.crt'), 'half of a copy');
  for (let n = 0; n < 3; n++)
    expect(await findUnvouched({ config: services.config, log }, document(ADDRESSES))).toEqual([]);
  expect(lines).toEqual([expect.stringContaining('certificate cannot be read')]);
});
