import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountSmallDisk } from '../../db/testing-small-disk';
import { expect, test } from '../fixtures';
import { startProgram } from '../start-process';
import { startServer } from '../start-server';

// What is gone underneath is said, never replaced: by real processes on real folders.

test.use({ embedded: true });

const onAnyPort = (dataDir: string) => ({
  SYSMANAGE_DATA_DIR: dataDir,
  SYSMANAGE_API_PORT: '0',
  SYSMANAGE_FRONTEND_PORT: '0',
});

const ready = async (url: string) => {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, text: await response.text() };
};

test('the embedded database’s folder is removed under a running server', async ({
  server,
  dataDir,
  page,
  admin,
  expectComplaint,
}) => {
  expectComplaint(/status of 503/);
  expect(await ready(server.url)).toEqual({ status: 200, text: 'ready\n' });
  rmSync(join(dataDir, 'pglite'), { recursive: true });
  const change = await page.request.post('/trpc/users.signIn', { data: admin, headers: { Origin: server.url } });
  expect(change.status()).toBe(503);
  expect(change.headers()['retry-after']).toBe('60');
  // By a loader, and before there is one: finding out who asks needs the database, too.
  const asStranger = await fetch(`${server.url}/setup?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`);
  expect([asStranger.status, asStranger.headers.get('retry-after')]).toEqual([503, '60']);
  const asAdministrator = await page.request.get('/hosts');
  expect([asAdministrator.status(), asAdministrator.headers()['retry-after']]).toEqual([503, '60']);
  await page.goto('/hosts?lng=de');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('main')).toContainText('Die Datenbank des Servers');
  await expect(page.getByRole('link', { name: 'Erneut versuchen' })).toBeVisible();
  expect(await ready(server.url)).toEqual({ status: 503, text: 'the database is gone; the log says what to do\n' });
  await server.printed(/was removed or replaced while the server runs: stop the server, bring the folder back/);
  expect(await server.stop()).toBe(0);
  const again = startProgram('server/sysmanage.js', ['serve', '--no-local-agent'], onAnyPort(dataDir));
  await again.printed(/^sysmanage: The embedded database in .* is gone: bring the folder back from a backup/m);
  expect(await again.stop()).toBe(69);
  expect(existsSync(join(dataDir, 'pglite'))).toBe(false);
});

test.describe('with PostgreSQL', () => {
  test.use({ embedded: false });

  test('the secret is gone while records are sealed with it', async ({ server, dataDir, serverSettings }) => {
    expect(await server.stop()).toBe(0);
    rmSync(join(dataDir, 'secret.key'));
    const env = { ...onAnyPort(dataDir), ...serverSettings };
    const refused = startProgram('server/sysmanage.js', ['serve', '--no-local-agent'], env);
    await refused.printed(/secret\.key is missing, .* start with --new-secret/);
    expect(await refused.stop()).toBe(78);
    expect(existsSync(join(dataDir, 'secret.key'))).toBe(false);
    const asked = startProgram('server/sysmanage.js', ['serve', '--no-local-agent', '--new-secret'], env);
    await asked.printed(/SysManage is ready/);
    expect(await asked.stop()).toBe(0);
  });
});

test('the disk of the embedded database is full', async ({ dataDir }) => {
  const folder = join(dataDir, 'small');
  const unmount = mountSmallDisk(folder, 160);
  test.skip(!unmount, 'a small disk of its own takes a mount, which this user may not');
  try {
    const server = await startServer({ dataDir: folder });
    expect((await ready(server.url)).status).toBe(200);
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(join(folder, 'fill'), Buffer.alloc(bavail * bsize - 4 * 2 ** 20));
    expect(await ready(server.url)).toEqual({ status: 503, text: 'the disk of the database is full\n' });
    await server.printed(/less than 32 MB left, which the embedded database needs to go on: make room/);
    rmSync(join(folder, 'fill'));
    expect((await ready(server.url)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(readdirSync(folder)).toContain('pglite');
  } finally {
    unmount?.();
  }
});
