import type { Locator, Page } from '@playwright/test';
import { craftAgent } from '../crafted-agent';
import { expect, SIGNED_OUT, test } from '../fixtures';
import { administrator, ask, call, signInAs } from '../people';
import { ADMIN } from '../start-server';

test.use({ shares: true });

const FIELDS = 'main form input:not([type=hidden]), main form textarea, main form select';

/** Opens a page whose script does not come before `release` is called. */
async function openBeforeScript(page: Page, address: string) {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/assets/*.js', async (route) => {
    await held;
    await route.continue();
  });
  // Not by `goto`, which waits for the script.
  await page.goto('about:blank');
  await page.evaluate((to) => void (location.href = to), address);
  await page.waitForURL(address, { waitUntil: 'commit' });
  await page.locator('main, form').first().waitFor();
  return async () => {
    release();
    await page.waitForFunction(() => 'hydrated' in (document.documentElement?.dataset ?? {}));
    await page.unroute('**/assets/*.js');
  };
}

/** Types something else into each field than is there. */
async function fillAll(fields: Locator[]) {
  for (const field of fields) {
    const type = await field.evaluate((one: HTMLInputElement) => one.type);
    if (type === 'checkbox') await field.setChecked(!(await field.isChecked()));
    else if (type === 'radio') await field.check();
    else if (type === 'date') await field.fill('2026-11-20');
    else if (type === 'select-one')
      await field.evaluate((one: HTMLSelectElement) => void (one.selectedIndex = one.options.length - 1));
    else await field.fill(type === 'email' ? 'typed@example.com' : 'typed early');
  }
}

const values = (page: Page) =>
  page
    .locator(FIELDS)
    .evaluateAll((fields) =>
      (fields as HTMLInputElement[]).map(({ name, type, value, checked }) => [
        name,
        type === 'checkbox' || type === 'radio' ? `${value} ${checked}` : value,
      ]),
    );

test('nothing typed before the script is there is lost to it, on any page with a form', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: 'ada@example.com',
    name: 'Ada',
    role: 'viewer',
  });
  for (const path of [
    '/users/invite',
    `/users/${userId}`,
    '/profile',
    '/profile/keys',
    '/enrolment',
    '/audit',
    '/sign-in',
  ]) {
    // Not under a page that may be about to open its socket.
    await page.goto('about:blank');
    if (path === '/sign-in') await context.clearCookies();
    const release = await openBeforeScript(page, `${server.url}${path}`);
    const fields = await page.locator(FIELDS).all();
    expect(fields.length, path).toBeGreaterThan(0);
    await fillAll(fields);
    const typed = await values(page);
    await release();
    // The focus draws a field anew, and with it whatever the script believes to be in it.
    for (const field of fields) await field.focus();
    expect(await values(page), path).toEqual(typed);
  }
});

test('nor when something else has changed the page meanwhile, and it is drawn anew', async ({
  page,
  server,
  expectComplaint,
}) => {
  // While it is drawn anew it has no icon of its own: the browser may ask for the usual one.
  expectComplaint(/Minified React error #4(18|23|25)|Hydration|favicon\.ico/);
  await page.addInitScript(() => {
    // As password managers do.
    addEventListener('DOMContentLoaded', () => document.body.prepend(document.createElement('password-manager')));
  });
  const release = await openBeforeScript(page, `${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await release();
  await expect(page.getByLabel('E-mail')).toHaveValue(ADMIN.email);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
});

const reload = (page: Page) =>
  page.evaluate(() => void (window as unknown as { __remixRouter: { revalidate(): void } }).__remixRouter.revalidate());

test('nor with a page, or its frame, that cannot load its data again, until it can', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  // While it is drawn anew it has no icon of its own: the browser may ask for the usual one.
  expectComplaint(/status of (403|500)|SyntaxError|locales.*json.* was preloaded|favicon\.ico/);

  await test.step('the page', async () => {
    const admin = await administrator(server);
    await context.clearCookies();
    await signInAs('administrator', { server, admin, request: context.request });
    const { id: userId } = await ask<{ id: string }>(context.request, server, 'users.me', {});
    await page.goto(`${server.url}/users/${userId}`);
    await page.getByLabel('Name', { exact: true }).fill('Countess');
    await call(admin, server, 'users.update', { userId, role: 'viewer' });
    await reload(page);
    await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0);
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
    await call(admin, server, 'users.update', { userId, role: 'administrator' });
    await reload(page);
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Countess');
    await admin.dispose();
  });

  await test.step('the frame, with what is secret', async () => {
    await page.goto(`${server.url}/profile`);
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByLabel('Present password').fill('the present secret');
    await page.route(/\.data/, (route) => route.fulfill({ status: 500, body: 'no' }));
    await reload(page);
    const again = page.getByRole('button', { name: 'Try again' });
    await expect(again).toBeVisible();
    await page.unroute(/\.data/);
    await again.click();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada');
    await expect(page.getByLabel('Present password')).toHaveValue('the present secret');
  });
});

test('nor when it is sent before the script is there, by somebody whose session has ended', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(SIGNED_OUT);
  const release = await openBeforeScript(page, `${server.url}/enrolment`);
  await page.getByLabel('Name', { exact: true }).fill('a rack');
  await page.getByLabel('Tags').fill('rack-4');
  await page.getByRole('checkbox').check();
  await page.getByLabel('Expires').selectOption({ index: 2 });
  const typed = await values(page);
  await call(context.request, server, 'users.signOut', {});
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.waitForURL('**/sign-in?**', { waitUntil: 'commit' });
  await release();
  await signInAgain(page);
  await expect(page).toHaveURL('/enrolment');
  // The address is there before the page is.
  await expect.poll(() => values(page)).toEqual(typed);

  await test.step('and nothing of what was taken', async () => {
    const free = await openBeforeScript(page, `${server.url}/enrolment`);
    await page.getByLabel('Name', { exact: true }).fill('a rack');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByText('It is shown this once').waitFor();
    await free();
    await page.goto('/enrolment');
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
    expect(await page.evaluate(() => sessionStorage.getItem('sent'))).toBeNull();
  });
});

async function signInAgain(page: Page) {
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForFunction(
    () => !location.pathname.startsWith('/sign-in') && 'hydrated' in (document.documentElement?.dataset ?? {}),
  );
}

test('after the end of the session a form is as it was left, except for secrets', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(SIGNED_OUT);
  const agent = await craftAgent(server, { fqdn: 'noted.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });

  await test.step('the session ends under a form', async () => {
    await page.goto('/enrolment');
    await page.getByLabel('Name', { exact: true }).fill('a rack');
    await page.getByLabel('Tags').fill('rack-4');
    await page.getByRole('checkbox').check();
    await page.getByLabel('Expires').selectOption({ index: 2 });
    const typed = await values(page);
    await call(context.request, server, 'users.signOut', {});
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 20_000 });
    await signInAgain(page);
    await expect(page).toHaveURL('/enrolment');
    await expect.poll(() => values(page)).toEqual(typed);
  });

  await test.step('a form that opens at a button is open again', async () => {
    await page.goto(`/hosts/${agent.hostId}`);
    await page.getByRole('button', { name: /^Edit the notes/ }).click();
    await page.getByRole('textbox').fill('Rack 4, second from below');
    await call(context.request, server, 'users.signOut', {});
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 20_000 });
    await signInAgain(page);
    await expect(page.getByRole('region', { name: 'Notes' }).getByRole('textbox')).toHaveValue(
      'Rack 4, second from below',
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('region', { name: 'Notes' })).toContainText('Rack 4, second from below');
  });

  await test.step('a secret is never stored', async () => {
    await page.goto('/profile');
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByLabel('Present password').fill('the present secret');
    await call(context.request, server, 'users.signOut', {});
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible({ timeout: 20_000 });
    expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).toContain('Ada');
    expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).not.toContain(
      'the present secret',
    );
    await signInAgain(page);
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada');
    await expect(page.getByLabel('Present password')).toHaveValue('');
  });

  await test.step('whoever goes to another page, or signs out, leaves it behind', async () => {
    await page.getByRole('link', { name: 'Hosts', exact: true }).first().click();
    await page.waitForURL('**/hosts');
    await page.goBack();
    await page.waitForURL('**/profile');
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('');
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect(await page.evaluate(() => sessionStorage.getItem('typed'))).toBeNull();
  });
});
