import type { Page } from '@playwright/test';
import { findings } from './axe-findings';
import { fillServer, PUBLIC_PAGES } from '../every-page';
import { expect, test } from '../fixtures';

/** By all rules, and by those about colours once more in the dark, where nothing else of a page is another. */
async function findingsInBoth(page: Page): Promise<string[]> {
  const inLight = await findings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await findings(page, ['color-contrast', 'link-in-text-block']);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...inLight, ...inDark.map((finding) => `in the dark, ${finding}`)];
}

// A colour that is on its way to another is none that anybody chose.
test.use({ colorScheme: 'light', contextOptions: { reducedMotion: 'reduce' } });

test('every page can be used by everybody', async ({ page, context, server, admin: _, expectComplaint }) => {
  test.slow();
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
    expect.soft(await findingsInBoth(page), path).toEqual([]);
  }
  await page.goto(pages.find((path) => /^\/hosts\/[0-9a-f-]{36}$/.test(path)) ?? '');
  await page.getByRole('button', { name: /^Revoke / }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  expect(await findingsInBoth(page), 'the dialog').toEqual([]);
  await hangUp();
});

// Colours are those of English; what differs is the words, what labels are made of, and the direction.
for (const language of ['ar'])
  test(`every page can be used by everybody in ${language}`, async ({
    page,
    context,
    server,
    admin: _,
    expectComplaint,
  }) => {
    test.slow();
    expectComplaint(/status of 40\d/);
    const { pages, lost, hangUp } = await fillServer(
      server,
      (hostId) =>
        context.request.post(`${server.url}/trpc/hosts.approve`, { data: { hostId }, headers: { origin: server.url } }),
      context.request,
    );
    const walk = async (paths: string[]) => {
      for (const path of paths) {
        await page.goto(`${path}${path.includes('?') ? '&' : '?'}lng=${language}`);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        await expect(page.getByRole('heading').first()).toBeVisible();
        expect.soft(await findings(page), path).toEqual([]);
      }
    };
    await walk([...pages, ...lost]);
    await hangUp();
    await context.clearCookies();
    await walk(PUBLIC_PAGES);
  });

test('so can sign-in', async ({ page, expectComplaint }) => {
  expectComplaint(/status of 401/);
  await page.goto('/sign-in');
  expect(await findingsInBoth(page)).toEqual([]);
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(await findingsInBoth(page)).toEqual([]);
});

test.describe('before there is an administrator', () => {
  test.use({ administrator: false });

  test('so can setup', async ({ page, server }) => {
    await page.goto(await server.setupUrl());
    expect(await findingsInBoth(page)).toEqual([]);
  });
});
