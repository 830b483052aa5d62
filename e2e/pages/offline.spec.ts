import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { craftAgent } from '../crafted-agent';
import { expect, test, type Fixtures } from '../fixtures';
import { call, PASSWORD, signInAs } from '../people';

const NEXT = 'quite another horse and battery';

/** Remix's own, by which a page tells when its data is there. */
interface RemixWindow {
  __remixRouter: { state: { revalidation: string; navigation: { state: string } } };
}

async function loaded(page: Page) {
  await page.waitForFunction(() => {
    const { revalidation, navigation } = (window as unknown as RemixWindow).__remixRouter.state;
    return revalidation === 'idle' && navigation.state === 'idle';
  });
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
}

/** What a browser says while there is no server, or of a ping that meets a socket which has just been closed. */
const UNREACHABLE = new RegExp(
  [
    'WebSocket connection to .* failed',
    'WebSocket is already in CLOSING or CLOSED state',
    'Failed to load resource: net::ERR_',
    // The server stops while an answer is on its way: Remix leaves the promise of the rest rejected, and Chromium says
    // so of a script.
    '^TypeError: network error( \\(.*\\.js\\))?$',
  ].join('|'),
);

/** A server that comes back must come back where it was. */
async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return String(port);
}

test.use({
  serverEnvironment: async ({}, use) =>
    use({ SYSMANAGE_FRONTEND_PORT: await freePort(), SYSMANAGE_API_PORT: await freePort() }),
});

test('while the server is away the page says so, and catches up when it is back', async ({
  page,
  server,
  startAgain,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(UNREACHABLE);
  await page.goto('/hosts');
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));

  expect(await server.stop()).toBe(0);
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();

  const again = await startAgain();
  const agent = await craftAgent(again, { fqdn: 'newcomer.example.com' });
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
  await expect(page.getByRole('row').filter({ hasText: agent.fqdn })).toContainText('Pending');
  expect(await page.evaluate(() => 'isSamePage' in window), 'the page was never loaded again').toBe(true);
});

/** Something about to be sent: the page, and the button that sends it. */
type Attempt = readonly [page: Page, button: string | RegExp];

/** Sends all of them while the server is away, and again when it is back, with what was typed the first time. */
async function sendTwice(
  attempts: readonly Attempt[],
  { server, startAgain }: Pick<Fixtures, 'server' | 'startAgain'>,
) {
  const sendAll = async () => {
    // In a dialog, whose button comes after the one that opened it.
    for (const [page, name] of attempts) await page.getByRole('button', { name }).last().click();
  };
  expect(await server.stop()).toBe(0);
  await sendAll();
  for (const [page] of attempts)
    await expect(page.getByRole('alert'), page.url()).toContainText('The server does not answer');

  await startAgain();
  for (const [page] of attempts.filter(([one]) => !one.url().includes('/sign-in'))) {
    await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
    await loaded(page);
  }
  await sendAll();
}

/** Another tab, which has all that it asks the server for. */
async function open(context: BrowserContext, path: string) {
  const page = await context.newPage();
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  return page;
}

test('a form that nobody answers keeps the page and what was typed, and works when the server is back', async ({
  context,
  server,
  startAgain,
  admin,
  expectComplaint,
}) => {
  expectComplaint(UNREACHABLE);
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: 'ada@example.com',
    name: 'ada',
    role: 'viewer',
  });
  const user = await open(context, `/users/${userId}`);
  await user.getByLabel('Name', { exact: true }).fill('Ada B');
  const invite = await open(context, '/users/invite');
  await invite.getByLabel('E-mail').fill('carl@example.com');
  const profile = await open(context, '/profile');
  await profile.getByLabel('Present password').fill(admin.password);
  await profile.getByLabel('New password', { exact: true }).fill(NEXT);
  await profile.getByLabel('New password again').fill(NEXT);
  const keys = await open(context, '/profile/keys');
  await keys.getByLabel('Name', { exact: true }).fill('nightly report');
  await keys.getByText('See hosts', { exact: true }).click();
  const token = await open(context, '/enrolment');
  await token.getByLabel('Name', { exact: true }).fill('a rack');

  await sendTwice(
    [
      [user, 'Save'],
      [invite, 'Make the invitation'],
      [profile, 'Change password'],
      [keys, 'Make the key'],
      [token, 'Create token'],
    ],
    { server, startAgain },
  );
  await expect(user.getByRole('heading', { level: 1 })).toHaveText('Ada B');
  await expect(invite.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  await expect(profile.getByText('The password is changed.')).toBeVisible();
  await expect(keys.getByRole('button', { name: /^Copy API key: smk_/ })).toBeVisible();
  await expect(token.getByRole('heading', { name: 'The token is made' })).toBeVisible();
});

test('so does an act, and signing in', async ({ browser, context, server, startAgain, admin: _, expectComplaint }) => {
  expectComplaint(UNREACHABLE);
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map((name) =>
      call<{ userId: string }>(context.request, server, 'users.invite', {
        email: `${name}@example.com`,
        name,
        role: 'viewer',
      }),
    ),
  );
  const agent = await craftAgent(server, { fqdn: 'noted.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
  const host = await open(context, `/hosts/${agent.hostId}`);
  await host.getByRole('button', { name: /^Edit the notes/ }).click();
  await host.getByRole('textbox').fill('Rack 4');
  const acts = await open(context, `/users/${ada!.userId}`);
  await acts.getByRole('button', { name: /^Deactivate/ }).click();
  const link = await open(context, `/users/${bob!.userId}`);
  await link.getByRole('button', { name: /^New invitation/ }).click();
  const stranger = await browser.newContext({ baseURL: server.url });
  const viewer = await signInAs('viewer', { server, admin: context.request, request: stranger.request });
  await stranger.clearCookies();
  const signIn = await open(stranger, '/sign-in');
  await signIn.getByLabel('E-mail').fill(viewer);
  await signIn.getByLabel('Password').fill(PASSWORD);

  await sendTwice(
    [
      [host, 'Save'],
      [acts, /^Deactivate/],
      [link, /^Make a link/],
      [signIn, 'Sign in'],
    ],
    { server, startAgain },
  );
  await expect(host.getByRole('region', { name: 'Notes' })).toContainText('Rack 4');
  await expect(acts.getByRole('button', { name: /^Activate/ })).toBeVisible();
  await expect(link.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  await expect(signIn.getByRole('navigation', { name: 'Places' })).toBeVisible();
  await stranger.close();
});

test('what is shown once stays until the page is left, though a server that was away has its data loaded again', async ({
  context,
  server,
  startAgain,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(UNREACHABLE);
  const secrets = [
    { path: '/profile/keys', name: 'Make the key', shown: /^Copy API key: smk_/ },
    { path: '/enrolment', name: 'Create token', shown: /^Copy/ },
    { path: '/users/invite', name: 'Make the invitation', shown: /^Copy the link: / },
  ];
  const tabs: { page: Page; path: string; copy: Locator }[] = [];
  for (const { path, name, shown } of secrets) {
    const page = await context.newPage();
    await page.goto(path);
    await page.getByLabel(path === '/users/invite' ? 'E-mail' : 'Name', { exact: true }).fill('one@example.com');
    if (path === '/profile/keys') await page.getByText('See hosts', { exact: true }).click();
    await page.getByRole('button', { name }).click();
    const copy = page.getByRole('button', { name: shown }).first();
    await expect(copy).toBeVisible();
    await loaded(page);
    tabs.push({ page, path, copy });
  }

  expect(await server.stop()).toBe(0);
  const answers = tabs.map(({ page, path }) =>
    page.waitForResponse((response) => response.url().includes(`${path}.data`), { timeout: 60_000 }),
  );
  await startAgain();
  // Not `finished()`: Chromium calls a compressed answer finished when its last bytes are read, and Remix does not read
  // them.
  for (const response of await Promise.all(answers)) expect(response.status()).toBe(200);
  for (const { page, path, copy } of tabs) {
    await loaded(page);
    await expect(copy, path).toBeVisible();
    await page.getByRole('link', { name: 'Hosts', exact: true }).first().click();
    await page.waitForURL('**/hosts');
    await page.goBack();
    await page.waitForURL(`**${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(copy).toHaveCount(0);
  }
});

test('while the browser is off the network the page says so, and catches up', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
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
