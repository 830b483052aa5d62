import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { call } from '../people';

test.use({ shares: true });

test('it is approved once, however many pages show it', async ({ page, context, server, admin: _ }) => {
  const first = await craftAgent(server, { fqdn: 'first.example.com' });
  const second = await craftAgent(server, { fqdn: 'second.example.com' });
  const other = await context.newPage();
  await page.goto('/hosts');
  await other.goto('/hosts');
  const row = (fqdn: string) => other.getByRole('row').filter({ hasText: fqdn });

  await page.getByRole('button', { name: `Approve ${first.fqdn}` }).click();
  // The other page learns of it and offers it no more. Its list is empty: nothing is pushed away by showing it at once.
  await expect(other.getByRole('button', { name: `Approve ${first.fqdn}` })).toHaveCount(0);
  await expect(row(first.fqdn)).toContainText('Never connected');

  await page.getByRole('button', { name: `Approve ${second.fqdn}` }).click();
  await expect(other.getByRole('status').filter({ hasText: '1 new host' })).toBeVisible();
  await expect(row(second.fqdn)).toHaveCount(0);
  await other.getByRole('button', { name: 'Show' }).click();
  await expect(row(second.fqdn)).toContainText('Never connected');
});

test('a button that somebody else’s act takes away leaves the focus on the page', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const { hostId } = await craftAgent(server, { fqdn: 'first.example.com' });
  await page.goto(`/hosts/${hostId}`);
  const approve = page.getByRole('main').getByRole('button', { name: /^Approve/ });
  await approve.focus();
  await call(context.request, server, 'hosts.approve', { hostId });
  await expect(approve).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

// The stream may be quicker than the answer to the button, whose row is then gone when the answer comes.
test('whom I let in is listed, also when the answer comes last', async ({ page, server, admin: _ }) => {
  const first = await craftAgent(server, { fqdn: 'first.example.com' });
  const second = await craftAgent(server, { fqdn: 'second.example.com' });
  await page.goto('/hosts');
  const waiting = (fqdn: string) => page.getByRole('button', { name: `Approve ${fqdn}` });
  await waiting(first.fqdn).click();
  await page.mouse.move(0, 0);
  await expect(page.getByRole('row').filter({ hasText: first.fqdn })).toContainText('Never connected');

  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route(
    (url) => url.pathname.startsWith('/acts/hosts.approve') && url.searchParams.get('hostId') === second.hostId,
    async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    },
  );
  await waiting(second.fqdn).dispatchEvent('click');
  await expect(waiting(second.fqdn)).toHaveCount(0);
  answer();
  await expect(page.getByRole('row').filter({ hasText: second.fqdn })).toContainText('Never connected');
});

test('it is in the list at once, and nothing on the page says that it still waits', async ({
  page,
  server,
  admin: _,
}) => {
  const first = await craftAgent(server, { fqdn: 'first.example.com' });
  const second = await craftAgent(server, { fqdn: 'second.example.com' });
  await page.goto('/hosts');
  const waiting = page.getByRole('region', { name: /^Waiting for approval/ });
  const reject = page.getByRole('button', { name: `Reject ${second.fqdn}` });
  const before = await reject.boundingBox();

  // The pointer stays where it pressed: the rows near it keep their places.
  await page.getByRole('button', { name: `Approve ${first.fqdn}` }).click();
  const row = page.getByRole('row').filter({ hasText: first.fqdn });
  await expect(row).toContainText('Never connected');
  await expect(page.getByRole('link', { name: 'Never connected 1' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Pending 1' })).toBeVisible();
  await expect(waiting.getByRole('heading')).toHaveText('Waiting for approval1');
  await expect(waiting.getByText(first.fqdn, { exact: true })).toHaveCount(0);
  expect(await reject.boundingBox()).toEqual(before);

  await page.getByRole('button', { name: `Approve ${second.fqdn}` }).click();
  await expect(page.getByRole('row').filter({ hasText: second.fqdn })).toContainText('Never connected');
  await expect(waiting).toContainText('No host waits any more.');
  await page.mouse.move(0, 0);
  await expect(waiting).toHaveCount(0);
});
