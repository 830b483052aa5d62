import { openDatabase } from '../../db/open-database';
import { hosts } from '../../db/schema';
import { expect, test } from '../fixtures';

const HOSTS = 240;
const nameOf = (n: number) => `host-${String(n).padStart(3, '0')}.example.com`;

test('the list goes on as one scrolls, draws what is near, and is kept as a view', async ({
  page,
  server: _,
  databaseUrl,
  dataDir,
  admin: _admin,
  expectComplaint,
}) => {
  expectComplaint(/status of 403/);
  const { db, close } = await openDatabase({ url: databaseUrl!, directory: dataDir });
  await db
    .insert(hosts)
    .values(
      Array.from({ length: HOSTS }, (_, n) => ({
        ...{ fqdn: nameOf(n), platform: 'linux' as const, approval: 'approved' as const, keyFingerprint: `key ${n}` },
        ...{ fingerprintWords: 'six words', osName: 'Debian GNU/Linux', osVersion: '12', agentVersion: '1.0.0' },
        ...{ addresses: ['192.0.2.7'], registeredFrom: '192.0.2.7' },
      })),
    );
  await close();
  await page.goto('/hosts');
  const table = page.getByRole('table', { name: 'Hosts' });
  const rows = table.locator('tr[aria-rowindex]');
  const link = (n: number) => table.getByRole('link', { name: nameOf(n), exact: true });
  await expect(table).toHaveAttribute('aria-rowcount', String(HOSTS + 1));
  await expect(rows).toHaveCount(50);
  await expect(page.getByRole('link', { name: 'Next' })).toHaveCount(0);

  await test.step('to its end, and what has been left is drawn no more', async () => {
    await expect(async () => {
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await expect(link(HOSTS - 1)).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(rows.last()).toHaveAttribute('aria-rowindex', String(HOSTS + 1));
    await expect.poll(() => rows.count()).toBeLessThan(HOSTS);
    // The rows of the page itself stay, and so do those around the screen.
    await expect(link(60)).toHaveCount(0);
  });

  await test.step('what has the focus stays, and what is scrolled back to is there again', async () => {
    await link(HOSTS - 1).focus();
    await link(0).scrollIntoViewIfNeeded();
    await expect(link(0)).toBeInViewport();
    await expect(link(HOSTS - 1)).toBeFocused();
    await link(49).scrollIntoViewIfNeeded();
    await expect(link(60)).toBeVisible();
  });

  await test.step('columns and order are an address, which is kept under a name', async () => {
    await page.goto('/hosts?sort=registered');
    await page.getByRole('link', { name: 'Columns and views' }).click();
    await page.getByRole('checkbox', { name: 'Memory' }).uncheck();
    await page.getByRole('checkbox', { name: 'Agent' }).check();
    await page.getByRole('button', { name: 'Show these' }).click();
    await expect(table.getByRole('columnheader', { name: 'Agent' })).toBeVisible();
    await expect(table.getByRole('columnheader', { name: 'Memory' })).toHaveCount(0);
    await page.getByRole('link', { name: 'Columns and views' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Newest');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('region', { name: 'Saved views' }).getByRole('link', { name: 'Newest' })).toBeVisible();
    await page.goto('/hosts');
    await page.getByRole('navigation', { name: 'Saved views' }).getByRole('link', { name: 'Newest' }).click();
    await expect(table.getByRole('columnheader', { name: 'Agent' })).toBeVisible();
    await expect(table.getByRole('link').first()).toBeVisible();
    await expect(page).toHaveURL(/sort=registered/);
    await page.getByRole('link', { name: 'Columns and views' }).click();
    await page.getByRole('button', { name: 'Delete the view Newest' }).click();
    await expect(page.getByText('No view is saved yet.')).toBeVisible();
  });

  await test.step('it says how many a filter finds, of how many', async () => {
    await page.goto('/hosts?search=host-01');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Hosts 10 of ${HOSTS}`);
    const states = page.getByRole('navigation', { name: 'By state' });
    await expect(states.getByRole('link', { name: 'Never connected', exact: true })).toBeVisible();
    await page.goto('/hosts?state=never');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Hosts ${HOSTS} of ${HOSTS}`);
    await expect(states.getByRole('link', { name: `Never connected ${HOSTS}` })).toBeVisible();
  });

  await test.step('rows that the server refuses are not asked for again', async () => {
    const refusal = { error: { message: 'no', code: -32603, data: { code: 'FORBIDDEN', httpStatus: 403 } } };
    let asked = 0;
    await page.route('**/trpc/hosts.list?**', (route) => {
      asked++;
      return route.fulfill({ status: 403, json: refusal });
    });
    await page.goto('/hosts');
    const loadedAgain = page.waitForResponse(/\/hosts(\._index)?\.data|_data=/);
    await link(49).scrollIntoViewIfNeeded();
    await expect(page.getByText('The server does not tell these rows. Load the page again.')).toBeVisible();
    // The page has looked for the reason by now, and found none.
    await loadedAgain;
    expect(asked).toBe(1);
  });
});
