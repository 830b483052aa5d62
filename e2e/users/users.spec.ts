import type { Browser, Locator, Page } from '@playwright/test';
import { craftAgent } from '../crafted-agent';
import { expect, SIGNED_OUT, test } from '../fixtures';
import { ask, call, signInAs } from '../people';
import { ADMIN, type Server } from '../start-server';

test.use({ shares: true });

const ADA = { email: 'ada@example.com', name: 'Ada', password: 'a second horse and battery' };

/** The address that a page shows to be handed over. */
async function linkOn(page: Page): Promise<string> {
  const button = page.getByRole('button', { name: /^Copy the link: / });
  return ((await button.getAttribute('aria-label')) ?? '').replace('Copy the link: ', '');
}

async function invite(page: Page, role: string): Promise<string> {
  await page.goto('/users');
  await page.getByRole('link', { name: 'Invite a user' }).click();
  await expect(page.getByLabel('E-mail', { exact: true })).toHaveAccessibleDescription(
    'They sign in with it. Nothing is sent to it.',
  );
  await page.getByLabel('E-mail', { exact: true }).fill(ADA.email);
  await page.getByLabel('Name', { exact: true }).fill(ADA.name);
  await page.getByRole('radio', { name: role }).check({ force: true });
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  return linkOn(page);
}

/** Another person's browser, which accepts the invitation. */
async function accept(browser: Browser, server: Server, link: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await page.getByLabel('Password again').fill(ADA.password);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  return page;
}

async function signIn(hers: Page) {
  await hers.getByLabel('E-mail').fill(ADA.email);
  await hers.getByLabel('Password').fill(ADA.password);
  await hers.getByRole('button', { name: 'Sign in' }).click();
}

/** A second, and another that a busy machine may take to tell this process of it. */
const AT_ONCE_MS = 2_000;

/**
 * Does what throws her out, and expects her live connection to end with it. By this process's clock, from the server's
 * answer on.
 */
async function expectThrownOut(
  hers: Page,
  { page, path, act }: { page: Page; path: RegExp; act: () => Promise<void> },
) {
  const socketEnded = new Promise<number>((resolve) => {
    hers.on('websocket', (socket) => socket.on('close', () => resolve(performance.now())));
  });
  await hers.goto('/hosts');
  await expect(hers.getByText('Live', { exact: true })).toBeVisible();
  const answered = page
    .waitForResponse((response) => response.request().method() === 'POST' && path.test(response.url()))
    .then(() => performance.now());
  await act();
  expect((await socketEnded) - (await answered)).toBeLessThan(AT_ONCE_MS);
  await expect(hers.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(hers.getByText('You were signed out.')).toBeVisible();
}

test('invited, she sees and does what her role allows, and is thrown out at once', async ({
  page,
  browser,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(SIGNED_OUT);
  const agent = await craftAgent(server, { fqdn: 'waiting.example.com' });
  const link = await invite(page, 'Viewer');
  const hers = await accept(browser, server, link);
  const approve = hers.getByRole('button', { name: `Approve ${agent.fqdn}` });

  await test.step('a viewer sees the host and no act', async () => {
    await hers.goto('/hosts');
    await expect(hers.getByRole('row').filter({ hasText: agent.fqdn })).toBeVisible();
    await expect(approve).toHaveCount(0);
    await expect(hers.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Users' })).toHaveCount(0);
    await hers.goto('/users');
    await expect(hers.getByRole('heading', { name: 'This is not yours to see' })).toBeVisible();
    const forced = await hers.request.post(`${server.url}/trpc/hosts.approve`, {
      data: { hostId: agent.hostId },
      headers: { origin: server.url },
    });
    expect(forced.status()).toBe(403);
  });

  await test.step('the link works no second time', async () => {
    expectComplaint(/status of 404/);
    await page.goto(link);
    await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
  });

  await test.step('promoted, she approves', async () => {
    await page.goto('/users');
    await page.getByRole('link', { name: ADA.name }).click();
    await page.getByRole('radio', { name: 'Operator' }).check({ force: true });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(page.getByRole('button', { name: `Sign out everywhere: ${ADA.name}` })).toBeVisible();
    await hers.goto('/hosts');
    await approve.click();
    await expect(hers.getByRole('row').filter({ hasText: agent.fqdn })).toContainText(/Approved|Never connected/);
  });

  await test.step('signed out everywhere, her live page ends within a second, and she may sign in again', async () => {
    await page.getByRole('button', { name: `Sign out everywhere: ${ADA.name}` }).click();
    const verb = page.getByRole('alertdialog').getByRole('button', { name: `Sign ${ADA.name} out everywhere` });
    await expectThrownOut(hers, { page, path: /\/acts\/users\.signOutEverywhere\b/, act: () => verb.click() });
    await signIn(hers);
    await expect(hers.getByRole('navigation', { name: 'Places' })).toBeVisible();
  });

  await test.step('deactivated, her live page ends within a second and is the sign-in', async () => {
    await page.getByRole('button', { name: `Deactivate ${ADA.name}` }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('cannot sign in any more');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await expectThrownOut(hers, {
      page,
      path: /\/acts\/users\.deactivate\b/,
      act: () => dialog.getByRole('button', { name: /^Deactivate/ }).click(),
    });
    await expect(page.getByText('Deactivated').first()).toBeVisible();
    await signIn(hers);
    await expect(hers.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
  });

  await test.step('activated, she is back; with a reset link she chooses another password', async () => {
    await page.getByRole('button', { name: `Activate ${ADA.name}` }).click();
    await page.getByRole('button', { name: `Reset password: ${ADA.name}` }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Make a link/ })
      .click();
    const reset = await linkOn(page);
    expect(reset).toContain('/reset-password?token=');
    await hers.goto(reset);
    await hers.getByLabel('Password', { exact: true }).fill('password1234');
    await hers.getByLabel('Password again').fill('password1234');
    await hers.getByRole('button', { name: 'Save and sign in' }).click();
    await expect(hers.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/first that are guessed/);
    await hers.getByLabel('Password', { exact: true }).fill('a third horse and battery');
    await hers.getByLabel('Password again').fill('a third horse and battery');
    await hers.getByRole('button', { name: 'Save and sign in' }).click();
    await expect(hers.getByRole('navigation', { name: 'Places' })).toBeVisible();
  });

  await test.step('deleted, she is gone', async () => {
    await page.getByRole('button', { name: `Delete ${ADA.name}` }).click();
    const verb = page.getByRole('alertdialog').getByRole('button', { name: /^Delete/ });
    await expectThrownOut(hers, { page, path: /\/acts\/users\.delete\b/, act: () => verb.click() });
    await expect(page).toHaveURL('/users');
    await expect(page.getByRole('link', { name: ADA.name })).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL('/users');
  });
  await hers.context().close();
});

test('a one-time link is shown for the one it is for, and no longer than it works', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const [ada = '', bob = ''] = await Promise.all(
    ['Ada', 'Bob'].map(async (name) => {
      const person = { email: `${name.toLowerCase()}@example.com`, name, role: 'viewer' };
      return (await call<{ userId: string }>(context.request, server, 'users.invite', person)).userId;
    }),
  );
  const copy = page.getByRole('button', { name: /^Copy the link: / });
  const makeLink = async () => {
    await page.getByRole('button', { name: /^(Make a link|New invitation)/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Make a link' }).click();
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await expect(copy).toBeVisible();
  };
  const confirm = async (act: string) => {
    await page.getByRole('button', { name: new RegExp(`^${act}`) }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: act }).click();
  };
  await page.goto('/users');
  await page.getByRole('link', { name: 'Ada' }).click();
  await expect(page).toHaveURL(`/users/${ada}`);
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Users' }).click();
  await page.getByRole('link', { name: 'Bob' }).click();
  await expect(page).toHaveURL(`/users/${bob}`);

  await test.step('not on the page of somebody else', async () => {
    await makeLink();
    await page.evaluate(() => history.go(-2));
    await expect(page).toHaveURL(`/users/${ada}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada');
    await expect(copy).toHaveCount(0);
  });

  const noLink = page.getByText('No one-time link works for this account');
  await test.step('another e-mail closes it', async () => {
    await makeLink();
    await page.getByLabel('E-mail', { exact: true }).fill('ada.b@example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(noLink).toBeVisible();
    await expect(copy).toHaveCount(0);
  });

  await test.step('so does a newer one that was made elsewhere', async () => {
    await makeLink();
    await call(context.request, server, 'users.renewLink', { userId: ada });
    await page.getByLabel('Name', { exact: true }).fill('Ada B');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada B');
    await expect(copy).toHaveCount(0);
    await expect(noLink).toHaveCount(0);
  });

  await test.step('and the end of the account', async () => {
    await makeLink();
    await confirm('Deactivate');
    await expect(page.getByRole('button', { name: /^Activate/ })).toBeVisible();
    await expect(copy).toHaveCount(0);
  });
});

test('an act that takes its button away leaves the focus on the page', async ({ page, context, server, admin: _ }) => {
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: ADA.email,
    name: ADA.name,
    role: 'viewer',
  });
  await page.goto(`/users/${userId}`);
  const title = page.getByRole('heading', { level: 1 });
  // Its own, and not the dialog's, which goes a moment after it was answered.
  const deactivate = page.getByRole('main').getByRole('button', { name: /^Deactivate/ });
  const activate = page.getByRole('button', { name: /^Activate/ });
  const dialog = page.getByRole('alertdialog');

  await test.step('asked and refused, it is on its button again', async () => {
    await deactivate.press('Enter');
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
    await expect(deactivate).toBeFocused();
    // A screen reader clicks so, and is given the focus back one frame later.
    for (const button of [deactivate, dialog.getByRole('button', { name: 'Cancel' })])
      await button.evaluate((element: HTMLElement) => element.click());
    await expect(dialog).toHaveCount(0);
    await expect(deactivate).toBeFocused();
  });

  await deactivate.press('Enter');
  await dialog.getByRole('button', { name: 'Deactivate' }).press('Enter');
  await expect(activate).toBeVisible();
  await expect(title).toBeFocused();
  await activate.press('Enter');
  await expect(deactivate).toBeVisible();
  await expect(title).toBeFocused();
});

test('the last administrator cannot be taken away, and is told why', async ({ page, admin, expectComplaint }) => {
  expectComplaint(/status of 409/);
  await page.goto('/users');
  await page.getByRole('link', { name: admin.email }).click();
  await page.getByRole('button', { name: `Deactivate ${admin.email}` }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: /^Deactivate/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('This is the last active administrator.');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('radio', { name: 'Viewer' }).check({ force: true });
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Give up the role' }).click();
  await expect(page.getByRole('alert')).toContainText('This is the last active administrator.');
});

test('a page that was opened before gives no role back', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 409/);
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    ...ADA,
    role: 'administrator',
  });
  const roleNow = async () =>
    (await ask<{ user: { role: string } }>(context.request, server, 'users.byId', { userId })).user.role;
  const name = page.getByLabel('Name', { exact: true });
  const save = page.getByRole('button', { name: 'Save' });
  await page.goto(`/users/${userId}`);
  await call(context.request, server, 'users.update', { userId, role: 'viewer' });

  await test.step('with another name, the name alone is changed', async () => {
    await name.fill('Ada B');
    await save.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada B');
    await expect(page.getByText('Saved.')).toBeVisible();
    expect(await roleNow()).toBe('viewer');
  });

  await test.step('nor after an act that has loaded the page anew', async () => {
    await page.getByRole('button', { name: /^Deactivate/ }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Deactivate/ })
      .click();
    await expect(page.getByRole('button', { name: /^Activate/ })).toBeVisible();
    await name.fill('Ada C');
    await save.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada C');
    expect(await roleNow()).toBe('viewer');
  });

  await test.step('what somebody else has changed is not overwritten, and what was typed stays', async () => {
    await call(context.request, server, 'users.update', { userId, name: 'Countess' });
    await name.fill('Ada D');
    await save.click();
    await expect(page.getByRole('alert')).toContainText('Somebody else has changed this user since');
    await expect(name).toHaveValue('Ada D');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Countess');
    await save.click();
    await expect(page.getByRole('alert')).toContainText('Somebody else has changed this user since');
    await page.reload();
    await name.fill('Ada D');
    await save.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada D');
  });
});

test('whoever gives up their own role is asked, and led to what they may still see', async ({
  context,
  browser,
  server,
  admin: _,
}) => {
  const { link } = await call<{ link: { token: string } }>(context.request, server, 'users.invite', {
    ...ADA,
    role: 'administrator',
  });
  const hers = await accept(browser, server, `/invitation?token=${link.token}`);
  await hers.goto('/users');
  await hers.getByRole('link', { name: ADA.name }).click();
  await expect(hers.getByRole('heading', { level: 1 })).toHaveText(`${ADA.name} (you)`);
  const dialog = hers.getByRole('alertdialog');
  const save = hers.getByRole('button', { name: 'Save' });

  for (const act of ['Deactivate', 'Delete', 'Sign out everywhere']) {
    await hers.getByRole('button', { name: new RegExp(`^${act}`) }).click();
    await expect(dialog).toContainText(/\byou/i);
    await expect(dialog).not.toContainText(/\b(they|their|them)\b/i);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  }

  await hers.getByRole('radio', { name: 'Operator' }).check({ force: true });
  await save.click();
  await expect(dialog).toContainText('you will no longer see or change users');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(save).toBeFocused();
  await save.click();
  await dialog.getByRole('button', { name: 'Give up the role' }).click();
  await expect(hers).toHaveURL('/');
  await expect(hers.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Users' })).toHaveCount(0);
  await hers.context().close();
});

test('a page that is not for somebody does not say that there is no such user', async ({
  page,
  context,
  browser,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 40[34]/);
  const theirs = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signInAs('viewer', { server, admin: context.request, request: theirs.context().request });
  const { users } = await ask<{ users: { id: string }[] }>(context.request, server, 'users.list', {});
  await theirs.goto(`/users/${users[0]!.id}`);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('This is not yours to see');
  await expect(theirs).not.toHaveTitle(/no such user/);
  await theirs.context().close();
  await page.goto('/users/f0000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such user');
});

test('pressed twice, an act is done once', async ({ page, context, server, admin: _ }) => {
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    ...ADA,
    role: 'viewer',
  });
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname.replace(/^.*\/(.+?)(\.data)?$/, '$1'));
  });
  const cdp = await context.newCDPSession(page);
  /** The second time just when the first is being sent, on a machine too slow to have painted the button as pending. */
  const pressTwice = async (button: Locator) => {
    await expect(button).toBeVisible();
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 20 });
    await button.evaluate((element: HTMLButtonElement) => {
      const { fetch } = window;
      window.fetch = (...request) => {
        window.fetch = fetch;
        const answer = fetch(...request);
        element.click();
        return answer;
      };
      element.click();
    });
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  };
  const dialog = page.getByRole('alertdialog');
  await page.goto(`/users/${userId}`);

  await page.getByRole('button', { name: /^New invitation/ }).click();
  await pressTwice(dialog.getByRole('button', { name: /^Make a link/ }));
  await expect(page.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  const shown = new URL(await linkOn(page));
  expect((await context.request.get(shown.href)).status(), 'the link that is shown works').toBe(200);

  await page
    .getByRole('main')
    .getByRole('button', { name: /^Deactivate/ })
    .click();
  await pressTwice(dialog.getByRole('button', { name: /^Deactivate/ }));
  await pressTwice(page.getByRole('button', { name: /^Activate/ }));
  await expect(page.getByRole('main').getByRole('button', { name: /^Deactivate/ })).toBeVisible();
  expect(sent).toEqual(['users.renewLink', 'users.deactivate', 'users.activate']);

  await page.goto('/users/invite');
  await page.getByLabel('E-mail').fill('bob@example.com');
  await pressTwice(page.getByRole('button', { name: 'Make the invitation' }));
  await expect(page.getByRole('button', { name: /^Copy the link: / })).toBeVisible();
  expect(sent.slice(3)).toEqual(['invite']);
});

test('an act that somebody else was faster with says so', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 409/);
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    ...ADA,
    role: 'viewer',
  });
  const dialog = page.getByRole('alertdialog');
  await page.goto(`/users/${userId}`);
  for (const [open, verb] of [
    [/^Deactivate/, /^Deactivate/],
    [/^New invitation/, /^Make a link/],
  ] as const) {
    await page.getByRole('button', { name: open }).click();
    await call(context.request, server, 'users.deactivate', { userId });
    await dialog.getByRole('button', { name: verb }).click();
    await expect(page.getByText('Deactivated').first()).toBeAttached();
    await expect(dialog.getByRole('alert')).toContainText('This user is deactivated already; somebody was faster.');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await call(context.request, server, 'users.activate', { userId });
    await page.reload();
  }
  await call(context.request, server, 'users.deactivate', { userId });
  await page.reload();
  await call(context.request, server, 'users.activate', { userId });
  await page.getByRole('button', { name: /^Activate/ }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(
    'This user is active already; somebody was faster.',
  );
});

test('activated before they ever came, they are not said to be able to sign in', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    ...ADA,
    role: 'viewer',
  });
  await call(context.request, server, 'users.deactivate', { userId });
  await page.goto(`/users/${userId}`);
  await page.getByRole('button', { name: `Activate ${ADA.name}` }).click();
  await expect(
    page.getByText(
      `${ADA.name} is activated. They never signed in: if they have no password yet, make a new invitation.`,
    ),
  ).toBeVisible();
  await expect(page.getByText('No one-time link works for this account')).toContainText(
    'closed when the account was deactivated',
  );
});

test('a link that is shown has the focus', async ({ page, admin: _ }) => {
  await invite(page, 'Viewer');
  const shown = page.getByRole('region', { name: `The invitation for ${ADA.name}` });
  await expect(shown).toBeFocused();
  await page.getByRole('link', { name: 'To the user' }).click();
  await page.getByRole('button', { name: /^New invitation/ }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Make a link/ })
    .click();
  await expect(shown).toBeFocused();
});

test('an e-mail that somebody has is said beside its field, and what was typed stays', async ({
  page,
  admin,
  expectComplaint,
}) => {
  expectComplaint(/status of 400/);
  await page.goto('/users/invite');
  await page.getByLabel('E-mail').fill(admin.email.toUpperCase());
  await page.getByLabel('Name', { exact: true }).fill('Somebody');
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(/Another user has this e-mail address/);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Somebody');
});

test('an e-mail and a name are changed, and the page says that no link works any more', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 404/);
  const { userId, link } = await call<{ userId: string; link: { token: string } }>(
    context.request,
    server,
    'users.invite',
    { email: 'mistyped@example.com', name: '', role: 'viewer' },
  );
  await page.goto(`/users/${userId}`);
  await expect(page.getByText('No one-time link works for this account')).toHaveCount(0);
  await page.getByLabel('E-mail', { exact: true }).fill(ADA.email);
  await page.getByRole('textbox', { name: 'Name' }).fill(ADA.name);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.getByRole('heading', { name: ADA.name })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: ADA.email })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'No one-time link works for this account' })).toBeVisible();

  await page.getByRole('button', { name: `New invitation: ${ADA.name}` }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Make a link for ${ADA.name}` })
    .click();
  expect(await linkOn(page)).toContain('/invitation?token=');
  await expect(page.getByText('No one-time link works for this account')).toHaveCount(0);
  await page.goto(`/invitation?token=${link.token}`);
  await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
});

test('a field that needs mending is a click away from where it is said', async ({
  page,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 400/);
  await page.goto('/users/invite');
  await page.getByLabel('E-mail').fill('no e-mail');
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'This is not an e-mail address' }).click();
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(/This is not an e-mail address/);
});

test('a link to a part of the page forgets nothing of a form', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 400/);
  await page.goto('/enrolment');
  await page.getByLabel('Name', { exact: true }).fill('a rack');
  await page.getByLabel('Tags').fill('x'.repeat(200));
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByRole('alert').getByRole('link').click();
  await expect(page.getByLabel('Tags')).toBeFocused();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('a rack');

  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: ADA.email,
    name: ADA.name,
    role: 'viewer',
  });
  await page.goto(`/users/${userId}`);
  const save = async (name: string) => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  };
  await save('Ada B');
  await page.getByRole('link', { name: 'Skip to the content' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**#content');
  await save(ADA.name);
});

test('a user’s page leads to what the audit log has of them, and a page of nobody to the users', async ({
  page,
  context,
  server,
  admin,
  expectComplaint,
}) => {
  expectComplaint(/status of 404/);
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: ADA.email,
    name: ADA.name,
    role: 'viewer',
  });
  // Their last sign-in may be more than a page ago: the server is shared.
  await call(context.request, server, 'users.signIn', ADMIN);
  const invited = page.getByRole('row').filter({ hasText: 'Invite a user' });
  await page.goto(`/users/${userId}`);
  await page.getByRole('link', { name: 'What was done to them' }).click();
  await expect(invited).toContainText(ADA.email);
  await expect(page.getByRole('row').filter({ hasText: 'Sign in' })).toHaveCount(0);
  await invited.getByRole('link', { name: admin.email }).click();
  await page.getByRole('link', { name: 'What they did' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Sign in' }).first()).toBeVisible();
  await page.goto('/users/01890000-0000-7000-8000-000000000000');
  await page.getByRole('main').getByRole('link', { name: 'Users' }).click();
  await expect(page).toHaveURL('/users');
});

test('how many API keys somebody has leads to them', async ({ page, context, server, admin, playwright }) => {
  const theirs = await playwright.request.newContext();
  const email = await signInAs('operator', { server, admin: context.request, request: theirs });
  for (const request of [theirs, context.request])
    await call(request, server, 'apiKeys.create', { name: 'nightly', permissions: ['hosts.read'] });
  const openUser = async (name: string) => {
    await page.goto('/users');
    await page.getByRole('link', { name }).click();
    await page.getByRole('link', { name: '1', exact: true }).click();
  };
  await openUser(email);
  await expect(page).toHaveURL(/action=apiKey\.create/);
  await expect(page.getByRole('row').filter({ hasText: 'nightly' })).toHaveCount(1);
  await openUser(admin.email);
  await expect(page).toHaveURL('/profile/keys');
  await theirs.dispose();
});

test('the audit log is a shortcut away', async ({ page, admin: _ }) => {
  await page.goto('/users');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page).toHaveURL('/audit');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Go to the audit log');
});
