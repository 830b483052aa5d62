import { expect, test } from '../fixtures';

test.use({ shares: true });

test('a deleted machine whose agent still runs is pending again', async ({ page, startAgent, admin: _ }) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await page.getByRole('row').filter({ hasText: /Up/ }).getByRole('link').first().click();
  await expect(page.locator('header [data-state]').first()).toHaveText('Up');
  const before = page.url();

  await page.getByRole('button', { name: /^Delete / }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Delete / })
    .click();
  await expect(page).toHaveURL(/\/hosts$/);
  const row = page.getByRole('row').filter({ hasText: 'Pending' });
  await expect(row).toBeVisible();
  await row.getByRole('link').first().click();
  await expect(page.locator('header [data-state]').first()).toHaveText('Pending');
  expect(page.url(), 'it is another row').not.toBe(before);

  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page.locator('header [data-state]').first()).toHaveText('Up');
});
