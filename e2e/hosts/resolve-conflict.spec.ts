import { expect, test } from '../fixtures';

test.use({ shares: true });

test('a machine of a known name is compared, takes the known one’s place, and the former one is turned away', async ({
  page,
  server: _server,
  admin: _,
  startAgent,
}) => {
  const known = await startAgent();
  await known.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await known.printed(/connected to/);
  const newcomer = await startAgent();
  const [, words = ''] = await newcomer.printed(/fingerprint words: +([a-z ]+)/);
  await newcomer.printed(/another machine is registered as/);

  await test.step('both stand side by side, and the known one works on', async () => {
    await page.getByRole('link', { name: /^Compare and decide on / }).click();
    const comparison = page.getByRole('table', { name: 'The two machines side by side' });
    await expect(comparison).toContainText(words.trim());
    await expect(comparison.getByRole('row', { name: /^State/ })).toContainText('Up');
    await expect(comparison.getByRole('row', { name: /^State/ })).toContainText('Conflict');
  });
  const knownPath = await page.getByRole('link', { name: 'The known one' }).first().getAttribute('href');

  await test.step('replace it: the page is the known host’s, with the newcomer behind it', async () => {
    await page.getByRole('button', { name: 'Replace the known one' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Replace / })
      .click();
    await expect(page).toHaveURL(new RegExp(`${knownPath}$`));
    await newcomer.printed(/connected to/);
    await expect(page.locator('header [data-state]').first()).toHaveText('Up');
    await expect(page.getByRole('main')).toContainText(words.trim());
    await page.getByRole('link', { name: 'Events' }).click();
    await expect(page.getByRole('main')).toContainText('Replaced by another machine of its name');
  });

  await test.step('the former machine waits in conflict, and is turned away', async () => {
    await known.printed(/another machine is registered as/);
    await page.goto('/hosts');
    await page.getByRole('link', { name: /^Compare and decide on / }).click();
    await page.getByRole('button', { name: 'Keep the known one' }).click();
    await expect(page.locator('header [data-state]').first()).toHaveText('Rejected');
    await known.printed(/an administrator rejected this machine/);
  });
});

test('of two that wait under one name, one is approved', async ({ page, server: _server, admin: _, startAgent }) => {
  const first = await startAgent();
  await first.printed(/waiting for an administrator/);
  const second = await startAgent();
  await second.printed(/another machine is registered as/);
  await page.goto('/hosts');
  await page.getByRole('link', { name: /^Compare and decide on / }).click();
  await expect(page.getByRole('main')).toContainText('None of the machines of this name is approved');
  await page.getByRole('button', { name: /^Approve / }).click();
  await second.printed(/connected to/);
  await expect(page.locator('header [data-state]').first()).toHaveText('Up');
});
