import type { Page } from '@playwright/test';
import { expect, SIGNED_OUT, test } from '../fixtures';
import { ADMIN } from '../start-server';

test.use({ shares: true });

async function signIn(page: Page, { email, password } = ADMIN) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('who is not known is told nothing', async ({ page, expectComplaint }) => {
  expectComplaint(/status of 401/);
  await page.goto('/hosts');
  await expect(page).toHaveURL('/sign-in?next=%2Fhosts');
  for (const wrong of [
    { ...ADMIN, password: 'correct horse battery stable' },
    { ...ADMIN, email: 'nobody@example.com' },
  ]) {
    await signIn(page, wrong);
    await expect(page.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
    await expect(page.getByLabel('E-mail')).toHaveValue(wrong.email);
    await expect(page.getByLabel('Password')).toHaveValue('');
  }
  await signIn(page);
  await expect(page).toHaveURL('/hosts');
});

test('it leads nowhere but to this server', async ({ page, server }) => {
  for (const next of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/sign-in/../..//evil.example',
  ]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page);
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
    expect(new URL(page.url()).origin, next).toBe(server.url);
    // The page may be about to open its socket, which would come without a session.
    await page.goto('about:blank');
    await page.context().clearCookies();
  }
});

test('the cookie is for this server alone, and worth nothing after signing out', async ({
  page,
  context,
  server,
  expectComplaint,
}) => {
  expectComplaint(SIGNED_OUT);
  await page.goto('/sign-in');
  await signIn(page);
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  // The session, and what the browser is known to the account by from now on, which lets nobody in.
  const cookies = await context.cookies();
  const isDevice = ({ name }: { name: string }) => name.startsWith('sysmanage-device-');
  const [cookie, ...others] = cookies.filter((one) => !isDevice(one));
  expect(others).toEqual([]);
  expect(cookies.filter(isDevice)).toHaveLength(1);
  for (const one of cookies)
    expect(one).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' });

  await page.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect((await context.cookies()).filter((one) => !isDevice(one))).toEqual([]);

  await context.addCookies([cookie!]);
  await page.goto('/hosts');
  await expect(page).toHaveURL('/sign-in?next=%2Fhosts');
  expect(server.output()).not.toContain(cookie!.value);
});

test('whoever signs out takes along where they were', async ({ page, admin: _, expectComplaint }) => {
  expectComplaint(SIGNED_OUT);
  await page.goto('/users');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  // The end of the session is told over the socket, maybe before the answer is here.
  await page.route('**/sign-out.data', async (route) => {
    const answer = await route.fetch();
    await page.getByText('Reconnecting').waitFor();
    await route.fulfill({ response: answer });
  });
  await page.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByText('You were signed out.')).toHaveCount(0);
  await signIn(page);
  await expect(page).toHaveURL('/');
});

test('the fields stay where they are when a mistake is said', async ({ page, expectComplaint }) => {
  expectComplaint(/status of 400/);
  await page.goto('/sign-in');
  const title = page.getByRole('heading', { name: 'Sign in' });
  const before = await title.boundingBox();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(await title.boundingBox()).toEqual(before);
});

test('a session that ends elsewhere ends on open pages too', async ({ page, context, admin: _, expectComplaint }) => {
  expectComplaint(SIGNED_OUT);
  await page.goto('/hosts');
  const other = await context.newPage();
  await other.goto('/');
  await other.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 20_000 });
});

test('a foreign page can do nothing in our name', async ({ context, server, admin: _ }) => {
  for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
    for (const path of ['/trpc/users.signOut', '/sign-out', '/trpc/hosts.approve', '/acts/hosts.approve']) {
      const answer = await context.request.post(`${server.url}${path}`, {
        data: {},
        headers: { origin },
        maxRedirects: 0,
      });
      expect(answer.status(), `${origin} ${path}`).toBe(403);
    }
  }
  const me = await context.request.get(`${server.url}/trpc/users.me`);
  expect(await me.json()).toMatchObject({ result: { data: { email: ADMIN.email } } });
});
