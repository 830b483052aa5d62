import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';

test.use({ shares: true });

test.beforeEach(async ({ page, startAgent, admin: _ }) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await expect(page.getByRole('row').filter({ hasText: /Up/ })).toBeVisible();
});

const serialOn = (page: Page) => page.getByRole('button', { name: /^Copy Serial number/ }).innerText();

test('Rotate now: another serial on the page without a reload, and the host stays up', async ({ page, server }) => {
  await page.getByRole('row').filter({ hasText: /Up/ }).getByRole('link').first().click();
  const state = page.locator('header [data-state]').first();
  await expect(state, 'the host’s page is open: the list has a link of the next name too').toHaveText('Up');
  await page.getByRole('main').getByRole('link', { name: 'Certificate', exact: true }).click();
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  const before = await serialOn(page);
  const states = await watchStates(page);

  await page.getByRole('button', { name: 'Rotate now' }).press('Enter');

  await expect.poll(() => serialOn(page)).not.toBe(before);
  await expect(page.getByRole('button', { name: 'Rotate now' })).toBeEnabled();
  // It was switched off meanwhile, and the focus with it.
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(state).toHaveText('Up');
  expect(await states()).toEqual([]);
  expect(await page.evaluate(() => 'isSamePage' in window), 'the page was never loaded again').toBe(true);
  await page.getByRole('main').getByRole('link', { name: 'Events', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('Certificate renewed: with a new key');
  expect(server.output()).not.toContain('"level":50');
});

test('for a selection, by keyboard, and for all', async ({ page }) => {
  // Whoever was just let in stays where it was until the page is left.
  await page.goto('/hosts');
  const row = page.getByRole('row').filter({ hasText: /Up/ });
  const name = await row.getByRole('link').first().innerText();
  await row.getByRole('link').first().focus();
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'What is selected' });
  await expect(bar).toContainText('1 selected');
  await bar.getByRole('button', { name: 'Rotate certificates' }).click();
  await expect(page.getByText('A new certificate is requested of 1 host.')).toBeAttached();
  await expectRenewed(page, name, 1);

  await page.goto('/hosts');
  await row.getByRole('checkbox').click({ force: true });
  await bar.getByRole('button', { name: 'All hosts…' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: /^Rotate/ }).click();
  await expect(dialog).toBeHidden();
  await expectRenewed(page, name, 2);
});

async function expectRenewed(page: Page, name: string, times: number) {
  await page.goto('/hosts');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: 'Events', exact: true }).click();
  // The view is another address: until it is there, the one before would be loaded again.
  await expect(page.getByRole('table', { name: 'What happened to this host' })).toBeVisible();
  await expect(async () => {
    await page.reload();
    expect(await page.getByText('Certificate renewed').count()).toBe(times);
  }).toPass();
}

/** What the host's state has been on the page from now on, other than up. */
async function watchStates(page: Page) {
  await page.evaluate(() => {
    const seen: string[] = [];
    const sign = document.querySelector('header [data-state]')!;
    new MutationObserver(() => {
      const word = document.querySelector('header [data-state]')?.textContent;
      if (word && word !== 'Up') seen.push(word);
    }).observe(sign.closest('header')!, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seenStates: seen });
  });
  return () => page.evaluate(() => (window as unknown as { seenStates: string[] }).seenStates);
}
