import { expect, SIGNED_OUT, test } from '../fixtures';
import { ADMIN } from '../start-server';

const NEXT = 'quite another horse and battery';

test('one’s name, password and sessions', async ({ page, browser, server, admin: _, expectComplaint }) => {
  expectComplaint(SIGNED_OUT);
  expectComplaint(/status of 400/);
  const other = await (
    await browser.newContext({
      baseURL: server.url,
      userAgent: 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0',
    })
  ).newPage();
  await other.goto('/sign-in');
  await other.getByLabel('E-mail').fill(ADMIN.email);
  await other.getByLabel('Password').fill(ADMIN.password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByText('Live', { exact: true })).toBeVisible();

  await page.goto('/');
  await page.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
  await page.getByRole('menuitem', { name: 'Your profile' }).click();
  await expect(page).toHaveURL('/profile');

  await test.step('the name and the language are kept', async () => {
    await page.getByLabel('Name').fill('First Administrator');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('English');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Name')).toHaveValue('First Administrator');
    await expect(page.getByRole('combobox', { name: 'Language' })).toHaveValue('en');
    // Whatever the browser asks for.
    const asked = await page.request.get('/profile', { headers: { 'accept-language': 'tlh' } });
    expect(asked.headers()['content-language']).toBe('en');
    expect(await asked.text()).toContain('<html lang="en"');
  });

  await test.step('the colours change at once and stay in this browser', async () => {
    await page.getByRole('combobox', { name: 'Colours' }).selectOption('Dark');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.getByRole('button', { name: 'Colours: Dark' }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await expect(page.getByRole('combobox', { name: 'Colours' })).toHaveValue('light');
    await page.getByRole('combobox', { name: 'Colours' }).selectOption('Dark');
    await expect(page.getByRole('button', { name: 'Colours: Dark' })).toBeVisible();
  });

  await test.step('both browsers are listed, this one marked', async () => {
    await expect(page.getByRole('row').filter({ hasText: 'Firefox on Windows' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: '(this one)' })).toHaveCount(1);
  });

  const change = async (old: string, next: string) => {
    await page.getByLabel('Present password').fill(old);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password again').fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
  };

  await test.step('mistakes are said beside their field', async () => {
    await change('not the password', NEXT);
    await expect(page.getByLabel('Present password')).toHaveAccessibleDescription(/not your present password/);
    await change(ADMIN.password, ADMIN.email);
    await expect(page.getByLabel('New password', { exact: true })).toHaveAccessibleDescription(
      /must not be the e-mail/,
    );
    await page.getByLabel('New password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByRole('alert').getByRole('link')).toHaveText([
      /your present password/,
      /at least 12 characters/,
      /not the same/,
    ]);
    await expect(other.getByText('Live', { exact: true })).toBeVisible();
  });

  await test.step('a new password ends the other sessions and no other', async () => {
    await change(ADMIN.password, NEXT);
    await expect(page.getByText('The password is changed.')).toBeVisible();
    await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 5_000 });
    await expect(page.getByRole('row').filter({ hasText: 'Firefox on Windows' })).toHaveCount(0);
  });

  await test.step('signing out everywhere else', async () => {
    await other.getByLabel('E-mail').fill(ADMIN.email);
    await other.getByLabel('Password').fill(NEXT);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await expect(other.getByText('Live', { exact: true })).toBeVisible();
    await page.reload();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere else' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'Firefox on Windows' })).toHaveCount(0);
    await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 5_000 });
  });
  await other.context().close();
});
