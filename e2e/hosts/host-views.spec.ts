import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ shares: true });

test('the views of a host are addresses, and one live stream goes on through all of them', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const agent = await craftAgent(server);
  const { url } = server;
  await context.request.post(`${url}/trpc/hosts.approve`, { data: { hostId: agent.hostId }, headers: { origin: url } });
  const hangUp = await agent.connect();
  let streams = 0;
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => (streams += String(payload).split('"method":"subscription"').length - 1)),
  );
  const address = `${url}/hosts/${agent.hostId}`;
  const views = page.getByRole('navigation', { name: 'Views of this host' });
  const state = page.locator('header [data-state]').first();
  await page.goto(`${address}/certificate`);
  await expect(views.getByRole('link', { name: 'Certificate' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByText('Serial number', { exact: true })).toBeVisible();
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', 'live');

  await views.getByRole('link', { name: 'Events' }).click();
  const events = page.getByRole('table', { name: 'What happened to this host' });
  await expect(events).toBeVisible();
  await expect(page).toHaveURL(`${address}/events`);
  await views.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { name: 'System' })).toBeVisible();
  await expect(page).toHaveURL(address);
  await page.goBack();
  await expect(events).toBeVisible();
  expect(streams).toBe(1);

  await hangUp();
  await expect(state).toHaveText('Down');
  // What the view shows is asked for again with it.
  await expect(events).toContainText('Went down');
});

test('a word of theirs stays in one line on a small phone, and the view that is shown is in sight', async ({
  page,
  server,
  admin: _,
}) => {
  const { hostId } = await craftAgent(server);
  await page.setViewportSize({ width: 360, height: 640 });
  // Japanese may be broken between any two letters.
  await page.goto(`/hosts/${hostId}/events?lng=ja`);
  const here = page.locator('nav a[aria-current=page][href$="/events"]');
  // The row's end is at a whole pixel, and the word's need not be.
  await expect(here).toBeInViewport({ ratio: 0.99 });
  const lines = await here.locator('..').evaluate((row) =>
    [...row.children].map((tab) => {
      const range = document.createRange();
      range.selectNodeContents(tab);
      return new Set([...range.getClientRects()].map(({ top }) => top)).size;
    }),
  );
  expect(lines).toEqual(lines.map(() => 1));
});
