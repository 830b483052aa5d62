/** Everything that an agent sends, and writes anywhere but in its state directory, searched for its private keys. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { serveApi } from './testing';
import { startAgentProcess } from './testing-agent';
import { encodingsOf, findKeys } from './testing-key-search';
import { startProxy } from './testing-proxy';

const PATIENCE = { timeout: 30_000 };

/** Every file below, by its path. */
function readTree(folder: string): Record<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return Object.fromEntries(paths.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path)]));
}

/** An agent's whole life so far: enrolled, connected, renewed. */
async function recordLife() {
  const services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '1' });
  const admin = await administratorOf(services);
  const root = mkdtempSync(join(tmpdir(), 'sysmanage-keys-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [stateDir, HOME, TMPDIR, cwd] = ['state', 'home', 'tmp', 'cwd'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [HOME, TMPDIR, cwd]) mkdirSync(folder);

  /** Every key it ever had, by the serial of its certificate. */
  const shown = new Map<string, { cert: string; key: string }>();
  const look = () => {
    for (const pair of ['client', 'client.next']) {
      const [cert, key] = [join(stateDir, `${pair}.crt`), join(stateDir, `${pair}.key`)];
      if (!existsSync(cert) || !existsSync(key)) continue;
      const held = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
      const certificate = new X509Certificate(held.cert);
      // Between the two renames of an adoption they are not of one pair.
      if (certificate.checkPrivateKey(createPrivateKey(held.key))) shown.set(certificate.serialNumber, held);
    }
  };
  const proxy = await startProxy(services, await serveApi(services), (serial) => {
    look();
    return (serial && shown.get(serial)) || {};
  });

  const registered = new Promise<string>((resolve) =>
    services.events.listen('host.approval_changed', EVERY, ({ hostId }) => resolve(hostId)),
  );
  const agent = startAgentProcess({ server: proxy.url.href, stateDir, cwd, env: { HOME, TMPDIR } });
  const hostId = await registered;
  await admin.hosts.approve({ hostId });
  await expect.poll(() => services.samples.latest(hostId), PATIENCE).not.toBeNull();
  const serial = async () => (await admin.hosts.byId({ hostId })).certificate!.serial;
  const first = await serial();
  await admin.hosts.rotateCertificate({ hostIds: [hostId] });
  await expect.poll(serial, PATIENCE).not.toBe(first);
  const heard = proxy.heard.length;
  await expect.poll(() => proxy.heard.length, PATIENCE).toBeGreaterThan(heard);
  await agent.stop();
  look();

  const keys = [...shown.values()].map(({ key }) => key);
  const written = Object.assign({}, ...[HOME, TMPDIR, cwd].map(readTree)) as Record<string, Buffer>;
  const recorded = {
    sent: Buffer.concat(proxy.heard),
    'standard output and error': Buffer.from(agent.output()),
    ...written,
  };
  const elsewhere = agent
    .written()
    .filter((path) => ![stateDir, HOME, TMPDIR, cwd].some((folder) => path.startsWith(folder + sep)));
  return { keys, recorded, stateDir, written: agent.written(), elsewhere };
}

test('no private key is sent, printed or written anywhere but in the state directory', async () => {
  const { keys, recorded, stateDir, written, elsewhere } = await recordLife();
  // It is a life: both keys, both requests and both connections are in it.
  expect(new Set(keys).size).toBe(2);
  const sent = recorded.sent.toString('latin1');
  expect(sent.match(/BEGIN CERTIFICATE REQUEST/g)).toHaveLength(2);
  expect(sent.match(/GET \/api\/agent\/connect/g)!.length).toBeGreaterThanOrEqual(2);
  expect(recorded['standard output and error'].toString()).toContain('the certificate is renewed');

  expect(findKeys(keys, recorded)).toEqual([]);
  // What is not searched was not written.
  expect(written).toContain(join(stateDir, 'client.key'));
  expect(elsewhere).toEqual([]);

  // The same search, where the key has to be.
  expect(findKeys(keys.slice(-1), readTree(stateDir))).toContainEqual(
    expect.stringContaining('client.key: scalar, base64'),
  );
  // And in the same recording, had one byte of a frame been one of the key's.
  for (const key of keys) {
    const leaked = Buffer.concat([recorded.sent, encodingsOf(key).scalar, recorded.sent]);
    expect(findKeys(keys, { leaked })).toEqual(['leaked: scalar, as it is']);
  }
}, 90_000);
