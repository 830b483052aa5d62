import { craftAgent } from './crafted-agent';
import { expect, test } from './fixtures';

test.use({ shares: true });

test('a flood of machines is turned away at once, when its number is typed', async ({ page, server, admin: _ }) => {
  for (let i = 0; i < 11; i++) await craftAgent(server, { fqdn: `flood-${i}.example.com` });
  await craftAgent(server, { fqdn: 'honest.example.com' });
  await page.goto('/hosts?search=flood');
  const waiting = page.getByRole('region', { name: /^Waiting for approval/ });
  await waiting.getByRole('link', { name: 'Reject all…' }).click();
  await expect(page.getByLabel('What is to be done')).toHaveValue('reject');
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();
  await expect(page.getByText('It is for 11 hosts.')).toBeVisible();
  const start = page.getByRole('button', { name: 'Start' });
  await page.getByLabel('How many hosts are these?').fill('10');
  await expect(start).toBeDisabled();
  await page.getByLabel('How many hosts are these?').fill('11');
  await start.click();
  await expect(page.getByRole('meter', { name: 'Hosts that it has seen to' })).toHaveAttribute(
    'aria-valuetext',
    '11 of 11',
  );
  await page.goto('/hosts');
  await expect(waiting.getByRole('row')).toHaveCount(2);
  await expect(waiting.getByRole('link', { name: 'honest.example.com' })).toBeVisible();

  await waiting.getByRole('link', { name: /^asked from/ }).click();
  await expect(waiting.getByText(/^Only those that asked from/)).toBeVisible();
  await waiting.getByRole('link', { name: 'From anywhere' }).click();
  await expect(waiting.getByText(/^Only those that asked from/)).toHaveCount(0);
});
