import { expect, test } from '../fixtures';

test.use({ shares: true });

test('a connected machine is cut off at once and stays out', async ({ page, server, startAgent, admin: _ }) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await page.getByRole('row').filter({ hasText: /Up/ }).getByRole('link').first().click();
  const state = page.locator('header [data-state]').first();
  await expect(state).toHaveText('Up');

  await page.getByRole('button', { name: /^Revoke / }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Its certificate is withdrawn for good');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(state).toHaveText('Up');

  await page.getByRole('button', { name: /^Revoke / }).click();
  await dialog.getByRole('button', { name: /^Revoke / }).click();
  await expect(state).toHaveText('Revoked');
  await agent.printed(/revoked/);

  await agent.stop();
  const again = await startAgent(agent.stateDir);
  await again.printed(/revoked/);
  await page.reload();
  await expect(state).toHaveText('Revoked');
  await page.getByRole('main').getByRole('link', { name: 'Certificate', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('This certificate was withdrawn');
  expect(server.output()).not.toContain('"level":50');
});
