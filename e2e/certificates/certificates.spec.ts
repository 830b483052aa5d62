import 'reflect-metadata';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { openDatabase } from '../../db/open-database';
import { certificates, hosts } from '../../db/schema';
import { craftAgent } from '../crafted-agent';
import { expect, test as base } from '../fixtures';
import { ALGORITHM, inDays, writeWebCertificate } from '../web-certificate';

interface Left {
  /** Days that the CA has left, of 20 years. */
  caDays: number | null;
  /** Days that the certificate of the pages has left, of 90; null: plain HTTP. */
  webDays: number | null;
  /** Names of hosts whose certificates have so many days left, of 92. */
  heldDays: Record<string, number>;
}

const test = base.extend<Left>({
  caDays: [null, { option: true }],
  webDays: [null, { option: true }],
  heldDays: [{}, { option: true }],
  dataDir: async ({ dataDir, databaseUrl, caDays, webDays, heldDays }, use) => {
    if (caDays !== null) await writeAuthority(join(dataDir, 'certs'), caDays);
    if (webDays !== null) await writeWebCertificate(dataDir, webDays);
    if (Object.keys(heldDays).length > 0) await seedHeld({ directory: dataDir, url: databaseUrl }, heldDays);
    await use(dataDir);
  },
  serverEnvironment: async ({ dataDir, webDays }, use) => {
    const files = { SYSMANAGE_TLS_CERT: join(dataDir, 'web.crt'), SYSMANAGE_TLS_KEY: join(dataDir, 'web.key') };
    await use(webDays === null ? {} : { ...files, SYSMANAGE_FRONTEND_HOST: '127.0.0.1' });
  },
});

/** The same CA, key and name, with another end. */
async function writeAuthority(folder: string, days: number) {
  const path = join(folder, 'ca.crt');
  const der = x509.PemConverter.decodeFirst(await readFile(join(folder, 'ca.key'), 'utf8'));
  const former = new x509.X509Certificate(await readFile(path, 'utf8'));
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']),
    publicKey: await former.publicKey.export(ALGORITHM, ['verify']),
  };
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: former.subject,
    keys,
    notBefore: inDays(days - 7300),
    notAfter: inDays(days),
    extensions: [...former.extensions],
  });
  await writeFile(path, `${made.toString('pem')}\n`);
}

/** Rows as enrolment left them, long ago: no test can wait for a certificate to age. */
async function seedHeld(database: { directory: string; url?: string }, days: Record<string, number>) {
  const { db, close } = await openDatabase(database);
  for (const [fqdn, left] of Object.entries(days)) {
    const of = {
      csr: '-',
      platform: 'linux' as const,
      approval: 'approved' as const,
      fingerprintWords: 'six words',
      osName: 'Debian GNU/Linux',
      osVersion: '12',
      agentVersion: '1.0.0',
      addresses: [],
      registeredFrom: '192.0.2.7',
    };
    const [host] = await db
      .insert(hosts)
      .values({ ...of, fqdn, keyFingerprint: fqdn })
      .returning({ id: hosts.id });
    const serial = Buffer.from(fqdn).toString('hex').toUpperCase().slice(0, 40);
    await db
      .insert(certificates)
      .values({
        serial,
        hostId: host!.id,
        keyFingerprint: fqdn,
        fingerprint: serial,
        pem: '-',
        notBefore: inDays(left - 92),
        notAfter: inDays(left),
      });
  }
  await close();
}

const BANNER = 'Certificates that need attention';

test('what is served now, the CA, the revocation list, and what an agent holds', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const agent = await craftAgent(server, { fqdn: 'web-01.example.com' });
  await context.request.post(`${server.url}/trpc/hosts.approve`, {
    data: { hostId: agent.hostId },
    headers: { origin: server.url },
  });
  const socket = connect({
    port: Number(new URL(server.agentsUrl).port),
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerX509Certificate()!;
  socket.destroy();

  await page.goto('/');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { level: 1, name: 'Certificates' })).toBeVisible();
  await expect(page.getByRole('complementary', { name: BANNER })).toBeHidden();
  await expect(page.getByRole('region', { name: /^Served to agents/ })).toContainText(
    fingerprint256.replaceAll(':', '').toLowerCase(),
  );
  await expect(page.getByRole('region', { name: 'Served to browsers' })).toContainText('plain HTTP');
  await expect(page.getByRole('region', { name: /^The CA/ })).toContainText('Plain on disk');
  await expect(page.getByRole('region', { name: 'Revocation list' })).toContainText(
    `:${new URL(server.agentsUrl).port}/crl.pem`,
  );

  const held = page.getByRole('table', { name: 'Held by agents' });
  await expect(held.getByRole('row').filter({ hasText: 'web-01.example.com' })).toContainText('89 days');
  await held.getByRole('link', { name: 'web-01.example.com' }).click();
  await expect(page).toHaveURL(new RegExp(`/hosts/${agent.hostId}/certificate$`));
});

test.describe('a CA with 100 days left', () => {
  test.use({ caDays: 100 });

  test('raises a banner on every page, which leads to it', async ({ page, admin: _ }) => {
    for (const path of ['/hosts', '/']) {
      await page.goto(path);
      await expect(page.getByRole('complementary', { name: BANNER })).toContainText('Prepare its successor now');
    }
    await expect(page.getByRole('navigation', { name: 'Places' })).toContainText('1 certificate needs attention');
    await page.getByRole('link', { name: 'Show certificates' }).click();
    const authority = page.getByRole('region', { name: /^The CA/ });
    await expect(authority).toContainText('99 days');
    await expect(authority.locator('[data-stage]')).toHaveText('Nears its end');
  });
});

test.describe('a certificate of the pages with 10 days left', () => {
  test.use({ webDays: 10, ignoreHTTPSErrors: true });

  test('raises the banner, and a file that was replaced is told from what is served', async ({
    page,
    dataDir,
    admin: _,
  }) => {
    await page.goto('/hosts');
    const banner = page.getByRole('complementary', { name: BANNER });
    await expect(banner).toContainText('Put a new one in its file and restart the server.');

    await writeWebCertificate(dataDir, 89);
    // The server sees within seconds that the file is another.
    await expect(async () => {
      await page.goto('/certificates');
      await expect(banner).toContainText('Its successor is in place: restart the server to serve it.', {
        timeout: 1_000,
      });
    }).toPass();
    const served = page.getByRole('region', { name: /^Served to browsers/ });
    await expect(served).toContainText('holds another certificate than the one that is served');
    await expect(served).toContainText('9 days');
  });
});

test.describe('agents that did not renew', () => {
  test.use({ heldDays: { 'late.example.com': 5, 'gone.example.com': -3, 'fine.example.com': 60 } });

  test('are counted in the banner and found by filter', async ({ page, admin: _ }) => {
    await page.goto('/');
    const banner = page.getByRole('complementary', { name: BANNER });
    await expect(banner).toContainText(
      '2 agents have not renewed their certificates in time. 1 certificate has expired.',
    );
    await banner.getByRole('link', { name: 'Show certificates' }).click();
    const hosts = page.getByRole('table', { name: 'Held by agents' }).getByRole('rowheader');
    await expect(hosts).toHaveText(['gone.example.com', 'late.example.com']);

    const show = page.getByRole('navigation', { name: 'Which certificates' });
    await show.getByRole('link', { name: 'Expired' }).click();
    await expect(hosts).toHaveText(['gone.example.com']);
    await show.getByRole('link', { name: 'End within 30 days' }).click();
    await expect(hosts).toHaveText(['late.example.com']);
    await page.getByRole('button', { name: '30 days' }).click();
    await page.getByRole('menuitemradio', { name: '90 days' }).click();
    await expect(hosts).toHaveText(['late.example.com', 'fine.example.com']);
    await expect(page).toHaveURL(/show=within&days=90/);
  });
});
