import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, SIGNED_OUT, test } from '../fixtures';
import { ADMIN } from '../start-server';

test.use({ administrator: false, embedded: true, localAgent: true });

/**
 * The agent that the server started. It is not ours to ask: it is found as an administrator would, among the processes.
 */
function findLocalAgent(serverPid: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find(
    (one) => one.trim().split(/\s+/)[1] === String(serverPid) && one.includes('sysmanage-agent.cjs'),
  );
  if (!line) throw new Error('the server runs no local agent');
  return Number(line.trim().split(/\s+/)[0]);
}

/** What the page says of the machine's load right now. */
const figures = (page: Page) => page.getByRole('main').innerText();

test('from an empty folder to a live machine', async ({ page, server, dataDir, startAgent, expectComplaint }) => {
  expectComplaint(SIGNED_OUT);
  const words = (await server.printed(/fingerprint words: +([a-z ]+)/))[1] ?? '';

  await test.step('set up with the printed link', async () => {
    await page.goto(await server.setupUrl());
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByLabel('Password again').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await expect(page.getByRole('navigation', { name: 'Hosts by state' })).toBeVisible();
  });

  await test.step('sign out and in', async () => {
    await page.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  });

  const waiting = page.getByRole('row').filter({ hasText: words });
  await test.step('the machine waits with the words that its agent printed', async () => {
    await page
      .getByRole('navigation', { name: 'Places' })
      .getByRole('link', { name: /^Hosts/ })
      .click();
    await expect(waiting).toContainText('Pending');
  });

  await test.step('approve it, and it turns up without a reload', async () => {
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    const name = await waiting.getByRole('link').first().innerText();
    await waiting.getByRole('button', { name: `Approve ${name}` }).click();
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    await expect(row).toContainText('Up');
    await row.getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  });

  const state = page.locator('header [data-state]').first();
  await test.step('its figures move', async () => {
    await expect(state).toHaveText('Up');
    await expect(page.getByText('CPU').first()).toBeVisible();
    const before = await figures(page);
    await expect.poll(() => figures(page)).not.toBe(before);
  });

  await test.step('what it is made of is there as soon as it has told', async () => {
    const views = page.getByRole('navigation', { name: 'Views of this host' });
    await views.getByRole('link', { name: 'Facts' }).click();
    await expect(page.getByRole('heading', { name: 'Accounts' })).toBeVisible({ timeout: 30_000 });
    await page.getByRole('searchbox', { name: 'Search facts' }).fill('root.home');
    await expect(page.getByRole('heading', { name: 'System' })).toHaveCount(0);
    await expect(page.getByRole('row', { name: 'root.home /root' })).toBeVisible();
    await views.getByRole('link', { name: 'Overview' }).click();
    await expect(page.getByRole('heading', { name: 'System' })).toBeVisible();
  });

  await test.step('its agent stops: down, and why', async () => {
    process.kill(findLocalAgent(server.pid), 'SIGTERM');
    await expect(state).toHaveText('Down');
    await expect(page.getByRole('main')).toContainText('closed by its agent');
  });

  await test.step('its agent starts: up', async () => {
    await startAgent(join(dataDir, 'agent'));
    await expect(state).toHaveText('Up');
  });

  expect(await page.evaluate(() => 'isSamePage' in window), 'the page was never loaded again').toBe(true);
});
