import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { craftAgent } from './crafted-agent';
import { expect, test } from './fixtures';
import { call, PASSWORD, signInAs } from './people';
import { startServer } from './start-server';

const NEXT = 'quite another horse and battery';

/** What a browser says while there is no server. */
const UNREACHABLE = /WebSocket connection to .* failed|Failed to load resource: net::ERR_/;

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

test('a form or an act that nobody answers keeps the page and what was typed, and works when the server is back', async ({
  page,
  browser,
  context,
  server,
  dataDir,
  serverEnvironment,
  admin,
  expectComplaint,
}) => {
  expectComplaint(UNREACHABLE);
  // The stream that is back asks for the page's data while a form's answer does, and Remix gives one of the two up.
  expectComplaint(/AbortError: signal is aborted without reason/);
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map((name) => call<{ userId: string }>(context.request, server, 'users.invite', { email: `${name}@example.com`, name, role: 'viewer' })),
  );
  const agent = await craftAgent(server, { fqdn: 'noted.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
  const open = async (path: string, tab: Page | Promise<Page> = context.newPage()) => {
    const opened = await tab;
    await opened.goto(path);
    await opened.waitForLoadState('networkidle');
    return opened;
  };
  const user = await open(`/users/${ada!.userId}`, page);
  await user.getByLabel('Name', { exact: true }).fill('Ada B');
  const invite = await open('/users/invite');
  await invite.getByLabel('E-mail').fill('carl@example.com');
  const profile = await open('/profile');
  await profile.getByLabel('Present password').fill(admin.password);
  await profile.getByLabel('New password', { exact: true }).fill(NEXT);
  await profile.getByLabel('New password again').fill(NEXT);
  const keys = await open('/profile/keys');
  await keys.getByLabel('Name', { exact: true }).fill('nightly report');
  await keys.getByText('See hosts', { exact: true }).click();
  const token = await open('/enrolment');
  await token.getByLabel('Name', { exact: true }).fill('a rack');
  const host = await open(`/hosts/${agent.hostId}`);
  await host.getByRole('button', { name: /^Edit the notes/ }).click();
  await host.getByRole('textbox').fill('Rack 4');
  const acts = await open(`/users/${ada!.userId}`);
  await acts.getByRole('button', { name: /^Deactivate/ }).click();
  const link = await open(`/users/${bob!.userId}`);
  await link.getByRole('button', { name: /^New invitation/ }).click();
  const stranger = await browser.newContext({ baseURL: server.url });
  const viewer = await signInAs('viewer', { server, admin: context.request, request: stranger.request });
  await stranger.clearCookies();
  const signIn = await open('/sign-in', stranger.newPage());
  await signIn.getByLabel('E-mail').fill(viewer);
  await signIn.getByLabel('Password').fill(PASSWORD);

  const sendAll = async () => {
    for (const [tab, name] of [
      [user, 'Save'],
      [invite, 'Make the invitation'],
      [profile, 'Change password'],
      [keys, 'Make the key'],
      [token, 'Create token'],
      [host, 'Save'],
      [acts, /^Deactivate/],
      [link, /^Make a link/],
      [signIn, 'Sign in'],
    ] as const) {
      // In a dialog, whose button comes after the one that opened it.
      await tab.getByRole('button', { name }).last().click();
    }
  };
  const tabs = [user, invite, profile, keys, token, host, acts, link, signIn];

  expect(await server.stop()).toBe(0);
  await sendAll();
  for (const tab of tabs) await expect(tab.getByRole('alert'), tab.url()).toContainText('The server does not answer');
  await expect(user.getByLabel('Name', { exact: true })).toHaveValue('Ada B');
  await expect(profile.getByLabel('New password', { exact: true })).toHaveValue(NEXT);
  await expect(signIn.getByLabel('Password')).toHaveValue(PASSWORD);

  const again = await startServer({ dataDir, env: serverEnvironment });
  await sendAll();
  await expect(user.getByRole('heading', { level: 1 })).toHaveText('Ada B');
  await expect(invite.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  await expect(profile.getByText('The password is changed.')).toBeVisible();
  await expect(keys.getByRole('button', { name: /^Copy API key: smk_/ })).toBeVisible();
  await expect(token.getByRole('heading', { name: 'The token is made' })).toBeVisible();
  await expect(host.getByRole('region', { name: 'Notes' })).toContainText('Rack 4');
  await expect(acts.getByRole('button', { name: /^Activate/ })).toBeVisible();
  await expect(link.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  await expect(signIn.getByRole('navigation', { name: 'Places' })).toBeVisible();
  await stranger.close();
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
