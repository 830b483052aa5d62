import { readFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { expect, test } from '../fixtures';
import { call } from '../people';

test.use({ ignoreHTTPSErrors: true, shares: true });

/** What a script would do: ask for the hosts, trusting the server's own CA. */
async function askForHosts(
  agentsUrl: string,
  dataDir: string,
  bearer: string,
): Promise<{ status: number; body: string }> {
  const ca = await readFile(join(dataDir, 'certs/ca.crt'), 'utf8');
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      new URL('/hosts', agentsUrl),
      { ca, headers: { authorization: `Bearer ${bearer}` } },
      (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

test.describe('of whoever has none yet', () => {
  test.use({ shares: false });

  test('a key is made, works, and is revoked', async ({ page, server, dataDir, admin: _, expectComplaint }) => {
    expectComplaint(/status of 400/);
    await page.goto('/profile');
    await page.getByRole('link', { name: 'Make and revoke API keys' }).click();
    await expect(page).toHaveURL('/profile/keys');
    await expect(page.getByText('You have none.')).toBeVisible();
    await expect(
      page.getByText(`Send it to port ${new URL(server.agentsUrl).port} in the header Authorization: Bearer`),
    ).toBeVisible();
    await expect(page.getByRole('link', { name: 'See what can be asked for.' })).toHaveAttribute(
      'href',
      `${server.agentsUrl.replace('127.0.0.1', 'localhost')}/docs`,
    );
    await expect(page.getByLabel('Works for').getByRole('option', { name: '1 year' })).toHaveCount(1);

    await test.step('what is missing is said beside its field', async () => {
      await page.getByRole('button', { name: 'Make the key' }).click();
      await expect(page.getByText('Give it a name').first()).toBeVisible();
      await expect(page.getByText('Choose at least one.').first()).toBeVisible();
      const days = page.getByLabel('Works for');
      await days.evaluate((select: HTMLSelectElement) => select.options[0]!.setAttribute('value', '100000'));
      await days.selectOption('100000');
      await page.getByRole('button', { name: 'Make the key' }).click();
      await page.getByRole('alert').getByRole('link', { name: 'Something in what was sent is not right' }).click();
      await expect(days).toBeFocused();
      await page.reload();
    });

    await page.getByLabel('Name', { exact: true }).fill('nightly report');
    await page.getByLabel('See hosts').check();
    await page.getByRole('button', { name: 'Make the key' }).click();
    const shown = page.getByRole('button', { name: /^Copy API key: smk_/ });
    // The form that made it is further down than a screen is high.
    await expect(shown).toBeInViewport();
    const key = (await shown.innerText()).trim();
    expect(await askForHosts(server.agentsUrl, dataDir, key)).toMatchObject({
      status: 200,
      body: expect.stringContaining('"hosts":[]'),
    });

    await page.reload();
    await expect(page.getByText(key)).toHaveCount(0);
    await expect(page.getByRole('row').filter({ hasText: 'nightly report' })).toContainText(key.slice(0, 12));
    const title = page.getByRole('heading', { name: 'Your keys' });
    await expect(title).toHaveText('Your keys1');

    await page.getByRole('button', { name: 'Revoke nightly report' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke nightly report' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'nightly report' })).toContainText('(revoked)');
    await expect(title).toHaveText('Your keys0');
    expect(await askForHosts(server.agentsUrl, dataDir, key)).toMatchObject({
      status: 401,
      body: expect.stringContaining('key.invalid'),
    });
    expect(server.output()).not.toContain(key.slice(12));
  });
});

test('a key that is revoked right after it was made is not offered to be copied', async ({ page, admin: _ }) => {
  await page.goto('/profile/keys');
  await page.getByLabel('Name', { exact: true }).fill('by mistake');
  await page.getByLabel('See hosts').check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  const shown = page.getByRole('button', { name: /^Copy API key: smk_/ });
  await expect(shown).toBeVisible();
  await page.getByRole('button', { name: 'Revoke by mistake' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke by mistake' }).press('Enter');
  await expect(page.getByRole('row').filter({ hasText: 'by mistake' })).toContainText('revoked');
  await expect(shown).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('the documentation opens in a browser and asks nobody else for anything', async ({ page, server }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.agentsUrl) && !request.url().startsWith('data:'))
      elsewhere.push(request.url());
  });
  // Of what draws the document others have the say: on a busy machine it is at it for ten seconds.
  test.slow();
  await page.goto(`${server.agentsUrl}/docs`);
  await page.getByText('List hosts', { exact: true }).click({ timeout: 60_000 });
  await expect(page.getByText('nextCursor').first()).toBeVisible();
  expect(elsewhere).toEqual([]);
});

test('what is tried out there goes on with the next token, until one authorises with something else', async ({
  page,
  admin,
  server,
  context,
}) => {
  test.slow();
  const { key } = await call<{ key: string }>(context.request, server, 'apiKeys.create', {
    name: 'docs',
    permissions: ['hosts.read'],
  });
  const { token } = (await (
    await context.request.post(`${server.agentsUrl}/login`, { data: { userid: admin.email, password: admin.password } })
  ).json()) as { token: string };
  await page.goto(`${server.agentsUrl}/docs`);
  const authorise = async (secret: string) => {
    await page.getByRole('button', { name: 'Authorize', exact: true }).first().click();
    const dialog = page.locator('.modal-ux');
    await expect(dialog.getByRole('heading', { name: 'Available authorizations' })).toBeVisible();
    const former = dialog.getByRole('button', { name: 'Remove authorization' });
    if (await former.isVisible()) await former.click();
    await dialog.getByLabel('Value').fill(secret);
    await dialog.getByRole('button', { name: 'Apply credentials' }).click();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
  };
  const operation = page.locator('.opblock', { has: page.getByText('List hosts', { exact: true }) });
  const execute = async () => {
    const answered = page.waitForResponse(/\/hosts(\?|$)/);
    await operation.getByRole('button', { name: 'Execute' }).click({ timeout: 60_000 });
    const answer = await answered;
    return { status: answer.status(), sent: await answer.request().headerValue('authorization') };
  };
  await authorise(token);
  await page.getByText('List hosts', { exact: true }).click({ timeout: 60_000 });
  await operation.getByRole('button', { name: 'Try it out' }).click({ timeout: 60_000 });

  expect(await execute()).toEqual({ status: 200, sent: `Bearer ${token}` });
  const second = await execute();
  expect(second.status).toBe(200);
  expect(second.sent).not.toBe(`Bearer ${token}`);
  await authorise(key);
  expect(await execute()).toEqual({ status: 200, sent: `Bearer ${key}` });
});
