import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { ADMIN } from '../start-server';

test.use({ administrator: false });

async function fill(page: Page, { password, repeat = password }: { password: string; repeat?: string } = ADMIN) {
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(repeat);
  await page.getByRole('button', { name: 'Create administrator' }).click();
}

test('without the printed link there is no such page', async ({ page, server, expectComplaint }) => {
  expectComplaint(/status of 404/);
  for (const path of ['/setup', '/setup?token=', '/setup?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByLabel('E-mail')).toHaveCount(0);
    const form = { email: ADMIN.email, password: ADMIN.password, repeat: ADMIN.password };
    const posted = await page.request.post(path, { form, headers: { origin: server.url }, maxRedirects: 0 });
    expect(posted.status(), path).toBe(404);
  }
  await page.goto(await server.setupUrl());
  await expect(page.getByRole('heading', { name: 'Create the first administrator' })).toBeVisible();
});

test('mistakes are said beside the field, and the link still works', async ({ page, server, expectComplaint }) => {
  expectComplaint(/status of 400/);
  await page.goto(await server.setupUrl());
  await fill(page, { ...ADMIN, repeat: 'something else entirely' });
  await expect(page.getByLabel('Password again')).toHaveAccessibleDescription(/not the same/);
  await expect(page.getByLabel('E-mail')).toHaveValue(ADMIN.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  await page.getByLabel('E-mail').fill('no e-mail');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByLabel('Password again').fill('shorter');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByRole('alert')).toContainText('3 things need mending');
  await expect(page.getByRole('alert').getByRole('link')).toHaveText([
    /not an e-mail address/,
    /at least 12 characters/,
    /not the same/,
  ]);
  await fill(page, { password: 'short' });
  await expect(page.getByRole('alert')).toContainText('One thing needs mending');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/at least 12 characters/);
  await fill(page);
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
});

test('after the first administrator it is gone, whatever the path, method or case', async ({
  page,
  context,
  server,
  startAgain,
  expectComplaint,
}) => {
  expectComplaint(/status of 404/);
  const link = await server.setupUrl();
  const token = new URL(link).searchParams.get('token') ?? '';
  const late = await context.newPage();
  await late.goto(link);
  await page.goto(link);
  await fill(page);
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  await context.clearCookies();

  await test.step('a page that was opened before', async () => {
    await fill(late);
    await expect(late.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();
  });

  await test.step('every other way in', async () => {
    const paths = [
      '/setup',
      '/SETUP',
      '/Setup/',
      '//setup',
      '/%73etup',
      '/setup.data',
      '/SETUP.DATA',
      '/setup/?index',
      '/setup.data?_routes=routes%2Fsetup',
    ];
    for (const path of paths) {
      const url = `${server.url}${path}${path.includes('?') ? '&' : '?'}token=${token}`;
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const body =
          method === 'GET'
            ? {}
            : { form: { email: 'evil@example.com', password: ADMIN.password, repeat: ADMIN.password } };
        const answer = await context.request.fetch(url, {
          method,
          headers: { origin: server.url },
          maxRedirects: 0,
          ...body,
        });
        expect(answer.status(), `${method} ${path}`).toBeGreaterThanOrEqual(400);
        expect(await answer.text(), `${method} ${path}`).not.toContain('Create the first administrator</h1>');
      }
    }
    const data = { token, email: 'evil@example.com', password: ADMIN.password };
    const direct = await context.request.post(`${server.url}/trpc/users.setup`, {
      data,
      headers: { origin: server.url },
    });
    expect(direct.status()).toBe(404);
    const evil = { email: 'evil@example.com', password: ADMIN.password };
    const signIn = await context.request.post(`${server.url}/trpc/users.signIn`, {
      data: evil,
      headers: { origin: server.url },
    });
    expect(signIn.status()).toBe(401);
  });

  await test.step('a restart prints no new link', async () => {
    await page.close();
    await late.close();
    await server.stop();
    expect((await startAgain()).output()).not.toContain('setup?token=');
  });
});
