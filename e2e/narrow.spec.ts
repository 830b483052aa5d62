import { fillServer } from './every-page';
import { expect, test } from './fixtures';

test.use({ viewport: { width: 360, height: 640 } });

test('no page is wider than a small phone', async ({ page, context, server, admin: _, expectComplaint }) => {
  expectComplaint(/status of 404/);
  const { pages, lost, hangUp } = await fillServer(server, (hostId) =>
    context.request.post(`${server.url}/trpc/hosts.approve`, { data: { hostId }, headers: { origin: server.url } }),
    context.request,
  );
  for (const path of [...pages, ...lost]) {
    await page.goto(path);
    await expect(page.getByRole('heading').first()).toBeVisible();
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.scrollingElement?.scrollWidth ?? 0,
      width: document.documentElement.clientWidth,
    }));
    expect.soft(scroll, path).toBeLessThanOrEqual(width);
  }
  await hangUp();
});

test('nor is the way in', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test('a list is sorted there too', async ({ page, admin: _ }) => {
  await page.goto('/users');
  const byPerson = page.getByRole('columnheader', { name: 'Person' });
  await expect(byPerson).toHaveAttribute('aria-sort', 'ascending');
  await byPerson.getByRole('link').click();
  await expect(byPerson).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('link', { name: 'Last sign-in' }).click();
  await expect(page.getByRole('columnheader', { name: 'Last sign-in' })).not.toHaveAttribute('aria-sort', 'none');
  await expect(page).toHaveURL(/sort=lastSignIn/);
});

test('what is chosen of a row of filters is in sight', async ({ page, admin: _ }) => {
  await page.goto('/users?state=deactivated');
  const chosen = page.getByRole('navigation', { name: 'By state' }).getByRole('link', { name: 'Deactivated' });
  await expect(chosen).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => scrollY)).toBe(0);
});
