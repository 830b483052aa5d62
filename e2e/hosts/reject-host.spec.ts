import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ shares: true });

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
