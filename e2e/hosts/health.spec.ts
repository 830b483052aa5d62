import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ serverEnvironment: { SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '1' } });

test('a rule makes a host ill, which its page and the list show, until the rule is switched off', async ({
  page,
  server,
  startAgent,
  admin: _,
}) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  const row = page.getByRole('row').filter({ hasText: /Up/ });
  const host = (await row.getByRole('link').first().getAttribute('href'))!;

  // Below it in the list, which is open all the time.
  const below = await craftAgent(server, { fqdn: 'zz-below.example.com' });
  await page.request.post(`${server.url}/trpc/hosts.approve`, {
    ...{ data: { hostId: below.hostId }, headers: { origin: server.url } },
  });
  const list = await page.context().newPage();
  await list.setViewportSize({ width: 1440, height: 900 });
  await list.goto('/hosts');
  await expect(list.locator('[data-connection="live"]')).toBeVisible();
  const place = () => list.getByRole('row').filter({ hasText: below.fqdn }).boundingBox();
  const placeBefore = await place();

  const dashboard = await page.context().newPage();
  await dashboard.goto('/');
  await expect(dashboard.locator('[data-connection="live"]')).toBeVisible();

  await page.goto('/health');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const dialog = page.getByRole('dialog', { name: 'New rule' });
  await dialog.getByLabel('What').selectOption('Uptime');
  await dialog.getByLabel('Threshold, seconds').fill('1');
  await dialog.getByLabel('Well again at, seconds').fill('0');
  await dialog.getByLabel('For minutes').fill('0');
  await dialog.getByLabel('Makes it').selectOption('Critical');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const rule = page.getByRole('row').filter({ hasText: 'Uptime' });
  await expect(rule).toContainText('above 1s');

  await page.goto('/hosts?health=critical');
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: 'Critical' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await test.step('the open dashboard is told, and leads to what helps and to what happened when', async () => {
    await expect(dashboard.getByRole('heading', { level: 1 })).toContainText('1 is critical.');
    const wrong = dashboard.getByRole('region', { name: /^What is wrong/ });
    await expect(wrong).toContainText('Uptime above 1s');
    await expect(wrong.getByRole('link', { name: 'Charts' })).toHaveAttribute('href', `${host}/metrics`);
    const quarters = dashboard.getByRole('navigation', { name: /^Quarters of an hour/ });
    await quarters.getByRole('link').last().click();
    await expect(dashboard.getByRole('heading', { name: /^What happened in this quarter/ })).toBeVisible();
  });
  await test.step('nothing below it has moved in the open list', async () => {
    await expect(list.getByRole('row').filter({ hasText: 'Critical' })).toBeVisible();
    expect(placeBefore).not.toBeNull();
    expect(await place()).toEqual(placeBefore);
    await list.close();
  });
  await page.goto(host);
  await expect(page.getByRole('region', { name: 'What is wrong' })).toContainText('Uptime above 1s');
  await test.step('its events and the filter of the list say why in the language of the reader', async () => {
    await page.goto(`${host}/events?lng=de`);
    await expect(page.getByRole('row').filter({ hasText: 'Zustand: kritisch' })).toContainText(
      /Betriebszeit\s+mehr als 1/,
    );
    await page.goto('/hosts?health=critical&reason=uptime+above+1&lng=de');
    await expect(page.getByRole('main')).toContainText(/Betriebszeit\s+mehr als 1/);
    await page.goto(host);
  });

  const other = await page.context().newPage();
  await other.goto('/health');
  await other.getByRole('button', { name: 'Switch off the rule of Uptime, Critical' }).click();
  await expect(other.getByRole('button', { name: 'Switch on the rule of Uptime, Critical' })).toBeVisible();
  await expect(page.getByText('Healthy', { exact: true }), 'told to the open page').toBeVisible();
  await expect(page.getByRole('region', { name: 'What is wrong' })).toBeHidden();
});
