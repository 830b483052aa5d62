import { craftAgent } from './crafted-agent';
import { expect, test } from './fixtures';

test('a machine is turned away, and let in after all', async ({ page, server, admin: _ }) => {
  const agent = await craftAgent(server, { fqdn: 'stranger.example.com' });
  await page.goto('/hosts');
  const row = page.getByRole('row').filter({ hasText: agent.fqdn });
  await row.getByRole('button', { name: `Reject ${agent.fqdn}` }).click();
  await expect(row).toContainText('Rejected');
  await expect(agent.connect()).rejects.toThrow('agent.not_approved');

  await page.goto(`/hosts/${agent.hostId}`);
  await page.getByRole('button', { name: `Approve ${agent.fqdn}` }).click();
  await expect(page.locator('header [data-state]').first()).toHaveText('Never connected');
  const hangUp = await agent.connect();
  await expect(page.locator('header [data-state]').first()).toHaveText('Up');
  await hangUp();
  await expect(page.locator('header [data-state]').first()).toHaveText('Down');
});

test('it can be approved once, however many pages show it', async ({ page, context, server, admin: _ }) => {
  const agent = await craftAgent(server, { fqdn: 'once.example.com' });
  const other = await context.newPage();
  await page.goto('/hosts');
  await other.goto('/hosts');
  await page.getByRole('button', { name: `Approve ${agent.fqdn}` }).click();
  // The other page learns of it and offers it no more.
  await expect(other.getByRole('button', { name: `Approve ${agent.fqdn}` })).toHaveCount(0);
  await other.getByRole('button', { name: 'Show' }).click();
  await expect(other.getByRole('row').filter({ hasText: agent.fqdn })).toContainText('Never connected');
});
