import { fillServer } from '../every-page';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ viewport: { width: 360, height: 640 }, shares: true });

test('no page is wider than a small phone', async ({ page, context, server, admin: _, expectComplaint }) => {
  expectComplaint(/status of 404/);
  const { pages, lost, hangUp } = await fillServer(
    server,
    (hostId) =>
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

test('what is chosen of a row of filters is in sight, whatever the width of its letters', async ({
  page,
  admin: _,
}) => {
  await page.goto('/users?state=deactivated');
  const filters = page.getByRole('navigation', { name: 'By state' });
  const chosen = filters.getByRole('link', { name: 'Deactivated' });
  await expect(chosen).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => scrollY)).toBe(0);

  // Which fonts are installed decides where in a pixel a word ends: here it ends in every tenth of one.
  for (let tenths = 0; tenths < 10; tenths++) {
    await page.evaluate((wider) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`nav li, nav a { padding-inline-end: ${10 + wider / 10}px }`);
      document.adoptedStyleSheets = [sheet];
    }, tenths);
    // Not by the pointer: before it clicks it scrolls to what it clicks on.
    await filters.getByRole('link', { name: 'All' }).dispatchEvent('click');
    await expect(filters.getByRole('link', { name: 'All' })).toBeInViewport({ ratio: 1 });
    await chosen.dispatchEvent('click');
    await expect(chosen).toBeInViewport({ ratio: 1 });
  }
});

test('a host’s views stand in one line in a language without spaces, and the one shown is in sight', async ({
  page,
  server,
  admin: _,
}) => {
  const { hostId } = await craftAgent(server);
  await page.goto(`/hosts/${hostId}/events?lng=ja`);
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
  const shown = page.locator('nav a[aria-current="page"][href$="/events"]');
  await expect(shown).toBeInViewport({ ratio: 0.9 });
  const lines = await shown
    .locator('xpath=..')
    .locator('a')
    .evaluateAll((links) =>
      links.map((link) => {
        const text = document.createRange();
        text.selectNodeContents(link);
        return text.getClientRects().length;
      }),
    );
  expect(lines.length).toBeGreaterThan(3);
  expect(new Set(lines)).toEqual(new Set([1]));
});

test('the bar under the thumb has four places and a menu of the rest, and cuts nothing off', async ({
  page,
  admin: _,
}) => {
  await page.goto('/users');
  const places = page.getByRole('navigation', { name: 'Places' });
  await expect(places.getByRole('link')).toHaveText([/^Dashboard/, /^Hosts/, /^Certificates/, /^Enrolment/]);
  const more = places.getByRole('button', { name: /^More/ });
  await expect(more).toHaveAccessibleName('More (you are at Users)');
  for (const place of await places.getByRole('link').or(more).all()) await expect(place).toBeInViewport({ ratio: 1 });

  // By keyboard: it opens, its first place has the focus, Escape gives the focus back.
  await more.focus();
  await page.keyboard.press('Enter');
  const rest = page.getByRole('menu', { name: /^More/ });
  await expect(rest.getByRole('menuitem')).toHaveText([/^Fleets/, /^Commands/, /^Configuration/, /^Users/, /^Audit/]);
  await expect(rest.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/audit');
  await expect(more).toHaveAccessibleName('More (you are at Audit)');
  for (const path of ['/', '/hosts', '/certificates', '/enrolment']) {
    await page.goto(path);
    for (const place of await places.getByRole('link').or(more).all())
      await expect(place, path).toBeInViewport({ ratio: 1 });
    const here = places.locator('[aria-current=page]');
    expect(await here.evaluate((link) => link.scrollWidth <= link.clientWidth), path).toBe(true);
  }
});
