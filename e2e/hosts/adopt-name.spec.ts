import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, call } from '../people';

test.use({ shares: true });

test('a machine that was renamed is found by its new name, which one adopts without losing anything', async ({
  page,
  server,
  admin: _,
}) => {
  const agent = await craftAgent(server, { fqdn: 'web-01.example.com' });
  const adminRequest = await administrator(server);
  await call(adminRequest, server, 'hosts.approve', { hostId: agent.hostId });
  await adminRequest.dispose();
  const hangUp = await agent.connect({ fqdn: 'shop-01.example.com' });

  await page.goto('/hosts?search=shop-01');
  const row = page.getByRole('row').filter({ hasText: 'web-01.example.com' });
  await expect(row).toContainText('Calls itself shop-01.example.com');
  await row.getByRole('link').first().click();
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('web-01.example.com');
  await page.getByRole('button', { name: 'Adopt the name' }).press('Enter');

  await expect(heading).toHaveText('shop-01.example.com');
  await expect(page.getByRole('button', { name: 'Adopt the name' })).toHaveCount(0);
  // It went with its button.
  await expect(heading).toBeFocused();
  await expect(page.locator('header [data-state]').first()).toHaveText('Up');
  await page.getByRole('main').getByRole('link', { name: 'Events', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('Name adopted: web-01.example.com → shop-01.example.com');
  await expect(page.getByRole('main')).toContainText('Calls itself by another name: shop-01.example.com');
  await expect(page.getByRole('main')).toContainText('Registered');
  await hangUp();
});
