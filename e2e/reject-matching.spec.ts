import { craftAgent } from './crafted-agent';
import { expect, test } from './fixtures';

test.use({ shares: true });

test('a flood of machines is turned away at once, when its number is typed', async ({ page, server, admin: _ }) => {
  for (let i = 0; i < 11; i++) await craftAgent(server, { fqdn: `flood-${i}.example.com` });
  await craftAgent(server, { fqdn: 'honest.example.com' });
  await page.goto('/hosts?search=flood');
  const waiting = page.getByRole('region', { name: /^Waiting for approval/ });
  await waiting.getByRole('button', { name: 'Reject all…' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Reject all 11 hosts that wait here?' });
  const verb = dialog.getByRole('button', { name: 'Reject 11 hosts' });
  await expect(verb).toBeDisabled();
  await dialog.getByLabel('Type 11 to go on').fill('10');
  await expect(verb).toBeDisabled();
  await dialog.getByLabel('Type 11 to go on').fill('11');
  await verb.click();
  await expect(dialog).toHaveCount(0);
  await page.goto('/hosts');
  await expect(waiting.getByRole('row')).toHaveCount(2);
  await expect(waiting.getByRole('link', { name: 'honest.example.com' })).toBeVisible();

  await waiting.getByRole('link', { name: /^asked from/ }).click();
  await expect(waiting.getByText(/^Only those that asked from/)).toBeVisible();
  await waiting.getByRole('link', { name: 'From anywhere' }).click();
  await expect(waiting.getByText(/^Only those that asked from/)).toHaveCount(0);
});
