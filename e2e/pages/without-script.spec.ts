import { expect, test } from '../fixtures';
import { call } from '../people';
import { ADMIN } from '../start-server';

const ADA = { email: 'ada@example.com', name: 'Ada', password: 'a second horse and battery' };
const NEXT = 'quite another horse and battery';

/** Only a script reads the sentences that are loaded ahead. The browser says so after a few seconds. */
const NO_USE_FOR_WORDS = /locales.*json.* was preloaded using link preload but not used/;

test.use({ javaScriptEnabled: false });

test('people’s forms work before the script is there, or without any', async ({ page, server, expectComplaint }) => {
  expectComplaint(/status of 40[019]/);
  expectComplaint(NO_USE_FOR_WORDS);
  const form = (button: string) => page.locator('form').filter({ has: page.getByRole('button', { name: button }) });

  await test.step('signing in', async () => {
    await page.goto('/sign-in?next=%2Fusers%2Finvite');
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL('/users/invite');
  });

  await test.step('inviting somebody', async () => {
    await page.getByLabel('E-mail', { exact: true }).fill(ADMIN.email);
    await page.getByRole('radio', { name: 'Operator' }).check({ force: true });
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    await expect(page.getByLabel('E-mail', { exact: true })).toHaveAccessibleDescription(
      /Another user has this e-mail address/,
    );
    await page.getByLabel('E-mail', { exact: true }).fill(ADA.email);
    await page.getByLabel('Name', { exact: true }).fill(ADA.name);
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    await expect(page.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  });

  await test.step('changing what is known of them', async () => {
    await page.getByRole('link', { name: 'To the user' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(ADA.name);
    await expect(page.getByRole('radio', { name: 'Operator' })).toBeChecked();
    await expect(page.locator('noscript p').filter({ hasText: 'buttons that ask first' })).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('Ada B');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada B');
    await expect(page.getByText('Saved.')).toBeVisible();
  });

  await test.step('and nothing that somebody else has changed meanwhile', async () => {
    const userId = new URL(page.url()).pathname.split('/')[2]!;
    await call(page.request, server, 'users.update', { userId, role: 'viewer', name: 'Countess' });
    for (const again of [false, true]) {
      await page.getByLabel('Name', { exact: true }).fill('Ada C');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert'), String(again)).toContainText('Somebody else has changed this user');
      await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada C');
    }
    await page.goto(`/users/${userId}`);
    await expect(page.getByRole('radio', { name: 'Viewer' })).toBeChecked();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Countess');
  });

  await test.step('one’s own name', async () => {
    await page.goto('/profile');
    await page.getByLabel('Name', { exact: true }).fill('First Administrator');
    await form('Save').getByRole('button').click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('First Administrator');
  });

  const change = async (old: string, next: string, again = next) => {
    await page.getByLabel('Present password').fill(old);
    await page.getByLabel('New password', { exact: true }).fill(next);
    await page.getByLabel('New password again').fill(again);
    await page.getByRole('button', { name: 'Change password' }).click();
  };

  await test.step('one’s password', async () => {
    await change(ADMIN.password, NEXT, 'something else');
    await expect(page.getByLabel('New password again')).toHaveAccessibleDescription(/not the same/);
    await change('not the password', NEXT);
    await expect(page.getByLabel('Present password')).toHaveAccessibleDescription(/not your present password/);
    await expect(page.getByText('Saved.')).toHaveCount(0);
    await change(ADMIN.password, NEXT);
    await expect(page.getByText('The password is changed.')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your profile');
  });

  await test.step('an API key', async () => {
    await page.goto('/profile/keys');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await expect(page.getByText('Choose at least one.').first()).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('nightly report');
    await page.getByLabel('See hosts').check();
    await page.getByRole('button', { name: 'Make the key' }).click();
    await expect(page.getByRole('button', { name: /^Copy API key: smk_/ })).toBeVisible();
  });
});

test('whoever has a one-time link chooses a password', async ({ page, context, server, admin: _, expectComplaint }) => {
  expectComplaint(/status of 400/);
  expectComplaint(NO_USE_FOR_WORDS);
  const invitation = await call<{ link: { token: string } }>(context.request, server, 'users.invite', {
    email: ADA.email,
    name: ADA.name,
    role: 'viewer',
  });
  await context.clearCookies();
  await page.goto(`/invitation?token=${invitation.link.token}`);
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await page.getByLabel('Password again').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByLabel('Password again')).toHaveAccessibleDescription(/not the same/);
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await page.getByLabel('Password again').fill(ADA.password);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
});

test.describe('before there is an administrator', () => {
  test.use({ administrator: false });

  test('the first one sets the server up', async ({ page, server, expectComplaint }) => {
    expectComplaint(/status of 400/);
    expectComplaint(NO_USE_FOR_WORDS);
    await page.goto(await server.setupUrl());
    for (const again of ['another horse', ADMIN.password]) {
      await page.getByLabel('E-mail').fill(ADMIN.email);
      await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
      await page.getByLabel('Password again').fill(again);
      await page.getByRole('button', { name: 'Create administrator' }).click();
      if (again !== ADMIN.password)
        await expect(page.getByLabel('Password again')).toHaveAccessibleDescription(/not the same/);
    }
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  });
});
