import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { craftAgent } from './crafted-agent';
import { expect, test } from './fixtures';
import { startServer } from './start-server';

/** What a browser says while there is no server: of the socket, and of Remix asking which routes the links on the page lead to. */
const UNREACHABLE = /WebSocket connection to .* failed|Failed to load resource: net::ERR_|Failed to fetch manifest patches/;

/** A server that comes back must come back where it was. */
async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return String(port);
}

test.use({
  serverEnvironment: async ({}, use) => use({ SYSMANAGE_FRONTEND_PORT: await freePort(), SYSMANAGE_API_PORT: await freePort() }),
});

test('while the server is away the page says so, and catches up when it is back', async ({
  page,
  server,
  dataDir,
  serverEnvironment,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(UNREACHABLE);
  await page.goto('/hosts');
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));

  expect(await server.stop()).toBe(0);
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();

  const again = await startServer({ dataDir, env: serverEnvironment });
  const agent = await craftAgent(again, { fqdn: 'newcomer.example.com' });
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
  await expect(page.getByRole('row').filter({ hasText: agent.fqdn })).toContainText('Pending');
  expect(await page.evaluate(() => 'isSamePage' in window), 'the page was never loaded again').toBe(true);
  expect(await again.stop()).toBe(0);
});

test('while the browser is off the network the page says so, and catches up', async ({ page, context, server, admin: _, expectComplaint }) => {
  expectComplaint(UNREACHABLE);
  // A browser that goes offline keeps the sockets it has: one that can be cut stands in for the network.
  let cut: (() => Promise<void>) | undefined;
  let isOnline = true;
  await page.routeWebSocket(/\/trpc/, (socket) => {
    // Once it is open: one that is closed before is no event that a browser knows, and tRPC would wait for it for ever.
    if (!isOnline) return void setTimeout(() => void socket.close({ code: 1001 }), 0);
    const behind = socket.connectToServer();
    cut = async () => {
      await behind.close();
      await socket.close({ code: 1001 });
    };
  });
  await page.goto('/hosts');
  const connection = page.locator('[data-connection]');
  await expect(connection).toHaveAttribute('data-connection', 'live');

  isOnline = false;
  await context.setOffline(true);
  await cut?.();
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  const agent = await craftAgent(server, { fqdn: 'missed.example.com' });

  isOnline = true;
  await context.setOffline(false);
  await expect(connection).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
  await expect(page.getByRole('row').filter({ hasText: agent.fqdn })).toContainText('Pending');
});
