import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { call } from '../people';

/** One more than a page holds, with the administrator. */
const PEOPLE = Array.from({ length: 50 }, (_, i) => {
  const number = String(i).padStart(2, '0');
  // By name the other way round than by e-mail and by time.
  return { email: `person-${number}@example.com`, name: `Name ${99 - i}`, role: 'viewer' };
});

async function sortBy(page: Page, order: string) {
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitemradio', { name: order }).click();
}

test('the users are searched, sorted and leafed through', async ({ page, context, server, admin }) => {
  for (const person of PEOPLE) await call(context.request, server, 'users.invite', person);
  await page.goto('/users');
  const people = page.getByRole('rowheader');

  await test.step('a page has fifty, the next one the rest, and there is a way back', async () => {
    await expect(people).toHaveCount(50);
    await expect(people.first()).toContainText(admin.email);
    await page.getByRole('link', { name: 'Next' }).click();
    await expect(people).toHaveCount(1);
    await expect(people).toContainText('person-00@example.com');
    // Where the page begins, and not below it.
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    // The way back is in the browser's history, which the server that answers a reload does not know.
    await page.reload();
    await expect(people).toContainText('person-00@example.com');
    await page.getByRole('link', { name: 'Previous' }).click();
    await expect(people).toHaveCount(50);
  });

  await test.step('by name, by time and by e-mail, from the first page', async () => {
    await page.getByRole('link', { name: 'Next' }).click();
    await sortBy(page, 'Name, Z to A');
    await expect(people.first()).toContainText('Name 99');
    await expect(page).toHaveURL('/users?sort=name&direction=desc');
    const person = page.getByRole('columnheader', { name: 'Person' });
    await expect(person).toHaveAttribute('aria-sort', 'descending');
    await person.getByRole('link').click();
    // Who has no name stands where their e-mail does.
    await expect(people.first()).toContainText(admin.email);
    await expect(people.nth(1)).toContainText('Name 50');
    await expect(person).toHaveAttribute('aria-sort', 'ascending');
    await sortBy(page, 'Created, newest first');
    await expect(people.first()).toContainText('person-49@example.com');
    await sortBy(page, 'Created, oldest first');
    await expect(people.first()).toContainText(admin.email);
    await sortBy(page, 'E-mail, Z to A');
    await expect(people.first()).toContainText('person-49@example.com');
  });

  await test.step('a search is in the address, goes by name and by e-mail, and can be cleared', async () => {
    const search = page.getByRole('searchbox', { name: 'Search by name or e-mail' });
    await search.fill('name 92');
    await expect(people).toHaveCount(1);
    await expect(people).toContainText('person-07@example.com');
    await expect(page).toHaveURL(/search=name\+92/);
    await search.fill('PERSON-0');
    await expect(people).toHaveCount(10);
    await search.fill('nobody like this');
    await expect(page.getByRole('heading', { name: 'No user matches the filter' })).toBeVisible();
    await page.getByRole('link', { name: 'Clear the filter' }).click();
    await expect(people).toHaveCount(50);
  });

  await test.step('by role, beside the state', async () => {
    await page.getByRole('button', { name: 'Any role' }).click();
    await page.getByRole('menuitemradio', { name: 'Administrator' }).click();
    await expect(people).toHaveCount(1);
    await expect(people).toContainText(admin.email);
    await page.getByRole('navigation', { name: 'By state' }).getByRole('link', { name: 'Invited' }).click();
    await expect(page).toHaveURL(/role=administrator&.*state=invited|state=invited&.*role=administrator/);
    await expect(page.getByText('none that the filter leaves')).toBeVisible();
    await page.getByRole('link', { name: 'Clear the filter' }).click();
    await expect(people).toHaveCount(50);
  });
});
