import { openDatabase } from '../../db/open-database';
import { hosts } from '../../db/schema';
import { expect, test } from '../fixtures';

test.use({ shares: false });

test('where many hosts are too much for a long time, their charts show a shorter one and every range stays', async ({
  page,
  server: _,
  databaseUrl,
  dataDir,
  admin: _admin,
}) => {
  const { db, close } = await openDatabase({ url: databaseUrl!, directory: dataDir });
  // For 400 days 26 are the most; 5,001 are too many for any time.
  const seed = (from: number, to: number) =>
    db
      .insert(hosts)
      .values(
        Array.from({ length: to - from }, (_, n) => ({
          ...{ fqdn: `many-${from + n}.example.com`, platform: 'linux' as const, approval: 'approved' as const },
          ...{ keyFingerprint: `key ${from + n}`, fingerprintWords: 'six words', osName: 'Debian', osVersion: '12' },
          ...{ agentVersion: '1.0.0', addresses: ['192.0.2.7'], registeredFrom: '192.0.2.7' },
        })),
      );
  await seed(0, 30);
  const ranges = page.getByRole('navigation', { name: 'Time shown' }).getByRole('link');
  await page.goto('/hosts/metrics?range=400d&search=many');
  await expect(page.getByRole('heading', { name: 'Too much for one page of charts' })).toBeVisible();
  await expect(page.getByText('The charts show a shorter time instead.')).toBeVisible();
  await expect(ranges).toHaveCount(8);
  await expect(ranges.and(page.locator('[aria-current]'))).toHaveText('90 days');

  for (let from = 30; from <= 5000; from += 1000) await seed(from, Math.min(5001, from + 1000));
  await close();
  await page.reload();
  await expect(page.getByText('That is more than 5,000 hosts. Narrow the filter.')).toBeVisible();
  await expect(ranges).toHaveCount(8);
  await page.goto('/hosts/metrics?range=90d&search=many-77.');
  await expect(page.getByRole('heading', { name: 'Too much for one page of charts' })).toBeHidden();
});
