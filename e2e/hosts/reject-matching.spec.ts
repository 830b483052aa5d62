import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

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

  await test.step('those that are left are let in at once, and something is run on all of them', async () => {
    for (const name of ['one', 'two']) await craftAgent(server, { fqdn: `${name}.honest.example.com` });
    await page.goto('/');
    await waiting.getByRole('link', { name: 'Approve all…' }).click();
    await expect(page.getByLabel('What is to be done')).toHaveValue('approve');
    await page.getByRole('button', { name: 'See which hosts it is for' }).click();
    await expect(page.getByText('It is for 3 hosts.')).toBeVisible();
    await start.click();
    await expect(page.getByRole('meter', { name: 'Hosts that it has seen to' })).toHaveAttribute(
      'aria-valuetext',
      '3 of 3',
    );
    await page.goto('/hosts?search=honest.');
    await page.getByRole('link', { name: 'Run on all that match…' }).click();
    await page.getByLabel('Kind').selectOption('List processes');
    await expect(page).toHaveURL(/kind=list_processes/);
    await expect(page.getByLabel('Hosts', { exact: true })).toHaveValue('matching');
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('region', { name: 'Preview' });
    await expect(preview.getByRole('listitem')).toHaveText([
      ...['honest.example.com', 'one.honest.example.com', 'two.honest.example.com'],
    ]);
  });
});
