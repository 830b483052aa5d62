import { expect, test } from '../fixtures';
import { ADMIN } from '../start-server';

test('five wrong passwords lock the account, the page says for how long, and an administrator unlocks it', async ({
  page,
  browser,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of (401|423)/);
  const other = await (await browser.newContext({ baseURL: server.url })).newPage();
  await other.goto('/sign-in');
  const attempt = async (password: string) => {
    await other.getByLabel('E-mail').fill(ADMIN.email);
    await other.getByLabel('Password').fill(password);
    const answer = other.waitForResponse((response) => response.request().method() === 'POST');
    await other.getByRole('button', { name: 'Sign in' }).click();
    return (await answer).status();
  };
  for (let i = 0; i < 5; i++) {
    expect(await attempt(`wrong password ${i}`)).toBe(401);
    await expect(other.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
  }
  expect(await attempt(ADMIN.password)).toBe(423);
  await expect(other.getByRole('alert')).toContainText('this account is locked. Try again in 15 minutes');

  await page.goto('/users?state=locked');
  await page.getByRole('link', { name: ADMIN.email }).click();
  await expect(page.getByText('The lock ends by itself')).toBeVisible();
  await page.getByRole('button', { name: `Unlock ${ADMIN.email}` }).click();
  await expect(page.getByText(`${ADMIN.email} is unlocked.`)).toBeVisible();
  await attempt(ADMIN.password);
  await expect(other.getByRole('navigation', { name: 'Places' })).toBeVisible();
  await other.context().close();
});

test('a browser that signed in before is let try while strangers are locked out', async ({
  page,
  context,
  browser,
  server,
  admin: _,
}) => {
  const stranger = await browser.newContext({ baseURL: server.url });
  const guess = async () =>
    (
      await stranger.request.post('/trpc/users.signIn', {
        data: { email: ADMIN.email, password: 'wrong' },
        headers: { origin: server.url },
      })
    ).status();
  const guesses = [];
  for (let i = 0; i < 6; i++) guesses.push(await guess());
  expect(guesses).toEqual([401, 401, 401, 401, 401, 423]);

  // Its session is over; what it is known by stays.
  await context.clearCookies({ name: /^sysmanage-[0-9a-f]+$/ });
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  await stranger.close();
});

test('a lock tells nothing of who exists', async ({ page, server }) => {
  await page.goto('/sign-in');
  const statuses = async (email: string) => {
    const given = [];
    for (let i = 0; i < 6; i++) {
      const answer = await page.request.post(`${server.url}/trpc/users.signIn`, {
        data: { email, password: 'wrong' },
        headers: { origin: server.url },
      });
      given.push([answer.status(), Boolean(answer.headers()['retry-after'])]);
    }
    return given;
  };
  const known = await statuses(ADMIN.email);
  expect(known.at(-1)).toEqual([423, true]);
  expect(await statuses('nobody@example.com')).toEqual(known);
});

test.describe('with little patience for an address', () => {
  test.use({ serverEnvironment: { SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '2' } });

  test('too many failures from one network: the page says for how long, for whatever account', async ({
    page,
    expectComplaint,
  }) => {
    expectComplaint(/status of (401|429)/);
    await page.goto('/sign-in');
    const attempt = async (email: string, password: string) => {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(password);
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Sign in' }).click();
      return (await answer).status();
    };
    expect(await attempt('one@example.com', 'wrong')).toBe(401);
    expect(await attempt('other@example.com', 'wrong')).toBe(401);
    await expect(page.getByRole('alert')).toContainText('The e-mail or the password is wrong.');
    expect(await attempt(ADMIN.email, ADMIN.password)).toBe(429);
    await expect(page.getByRole('alert')).toContainText(
      /Too many wrong passwords came from your network\. Try again in \d+ seconds?\./,
    );
    await expect(page.getByLabel('E-mail')).toHaveValue(ADMIN.email);
  });
});
