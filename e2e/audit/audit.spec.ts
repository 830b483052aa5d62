import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, call, signInAs } from '../people';

/** The command an administrator runs, on the data of a server that has stopped. */
function verify(dataDir: string): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['build/server/sysmanage.js', 'audit', 'verify', '--checkpoint', join(dataDir, 'checkpoints')],
      { env: { PATH: process.env.PATH, NODE_ENV: 'test', SYSMANAGE_DATA_DIR: dataDir } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test.describe('with the embedded database, which is one process’s', () => {
  test.use({ embedded: true });

  test('approve a host, find it in the audit log, export it, verify it', async ({ page, server, dataDir, admin }) => {
    const agent = await craftAgent(server, { fqdn: 'web-01.example.com' });

    await test.step('approve', async () => {
      await page.goto('/hosts');
      const row = page.getByRole('row').filter({ hasText: agent.fqdn });
      await row.getByRole('button', { name: `Approve ${agent.fqdn}` }).click();
      await expect(row).toContainText('Never connected');
    });

    const row = page.getByRole('row').filter({ hasText: 'Approve a host' });
    await test.step('find it', async () => {
      await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Audit' }).click();
      await expect(page.getByRole('row').filter({ hasText: 'Sign in' })).toBeVisible();
      await page.getByLabel('Search, by beginnings of words').fill('web-01');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/search=web-01/);
      await expect(page.getByRole('row').filter({ hasText: 'Sign in' })).toHaveCount(0);
      await expect(row).toContainText(admin.email);
      await expect(row).toContainText('Done');
      await expect(row.getByRole('link', { name: agent.fqdn })).toHaveAttribute('href', `/hosts/${agent.hostId}`);
    });

    await test.step('who did it, and what it was done to, lead to their pages', async () => {
      await expect(row.getByRole('link', { name: admin.email })).toHaveAttribute('href', /^\/users\/[0-9a-f-]{36}$/);
      await row.getByRole('link', { name: 'Approve a host' }).click();
      await expect(page).toHaveURL(/search=web-01&action=host\.approve/);
      await expect(page.getByRole('row').filter({ hasText: 'Ask to join' })).toHaveCount(0);
    });

    await test.step('what it was before and after', async () => {
      await row.getByRole('button', { name: /^Details/ }).click();
      await expect(page.getByRole('definition').filter({ hasText: 'host.approve' })).toBeVisible();
      const states = page.getByRole('table', { name: 'Before and after' });
      await expect(states.getByRole('row').filter({ hasText: 'approval' })).toContainText(/pending.*approved/s);
    });

    await test.step('a filter that leaves nothing says so, and can be cleared', async () => {
      await page.getByRole('navigation', { name: 'By outcome' }).getByRole('link', { name: 'Refused' }).click();
      await expect(page.getByRole('heading', { name: 'No record matches the filter' })).toBeVisible();
      await page.goBack();
      await expect(row).toBeVisible();
    });

    await test.step('export', async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export CSV' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^audit-.*\.csv$/);
      const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain(`,"host.approve","host","${agent.hostId}","${agent.fqdn}",`);
    });

    await test.step('verify', async () => {
      const running = await verify(dataDir);
      expect(running.code, 'the embedded database is in use').toBe(69);
      // An open page would look for the server for ever, and complain.
      await page.close();
      expect(await server.stop()).toBe(0);
      expect(await verify(dataDir)).toEqual({
        code: 0,
        output: expect.stringMatching(
          /^The audit log is whole: \d+ records\.\nCheckpoints it was compared with: none: a new file was begun\.\n$/,
        ),
      });
    });
  });
});

test.describe('in another time zone', () => {
  test.use({ timezoneId: 'Pacific/Kiritimati' });

  test('days are the reader’s, and say whose they are when somebody else opens the address', async ({
    page,
    admin: _admin,
  }) => {
    await page.goto('/audit');
    // Fourteen hours ahead of UTC: most of the time it is tomorrow there, and what was just done is of that day.
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati' }).format(new Date());
    await page.getByLabel('From, day in Pacific/Kiritimati').fill(today);
    await page.getByLabel('To, day in Pacific/Kiritimati').fill(today);
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(page).toHaveURL(/zone=Pacific%2FKiritimati/);
    await expect(page.getByRole('row').filter({ hasText: 'Sign in' })).toBeVisible();
    await page.getByRole('link', { name: 'Clear' }).click();
    await expect(page).toHaveURL(/\/audit$/);
  });

  test('a filter by who did it is by their id, shows their name, and can be taken away', async ({ page, admin }) => {
    await page.goto('/audit');
    await page
      .getByRole('button', { name: /^Details/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'all by them' }).click();
    await expect(page).toHaveURL(/actorId=[0-9a-f-]{36}$/);
    await expect(page.getByText(`Only by ${admin.email}`)).toBeVisible();
    await page.getByRole('link', { name: 'Show all of everybody' }).click();
    await expect(page.getByText('Only by')).toHaveCount(0);
  });

  test('a filter by what it was done to shows, and can be taken away', async ({ page, admin: _admin }) => {
    await page.goto('/audit');
    await page
      .getByRole('button', { name: /^Details/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'all about it' }).click();
    await expect(page.getByText('Only about')).toBeVisible();
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(page.getByText('Only about')).toHaveCount(0);
  });
});

test('who and what are found as people write them, and Back shows what was filtered by', async ({ page, admin }) => {
  await page.goto('/audit');
  const who = page.getByLabel('Who');
  const signIn = page.getByRole('row').filter({ hasText: 'Sign in' });
  await who.fill(admin.email.toUpperCase());
  await who.press('Enter');
  await expect(page).toHaveURL(/actor=ADMIN/);
  await expect(signIn).toBeVisible();
  await who.fill(admin.email.slice(0, 3));
  await who.press('Enter');
  await expect(page.getByText('who is asked for whole, such as admin@example.com')).toBeVisible();
  await expect(who).toBeFocused();
  await page.goBack();
  await expect(who).toHaveValue(admin.email.toUpperCase());
  await page.goBack();
  await expect(who).toHaveValue('');

  const what = page.getByLabel('What', { exact: true });
  await what.selectOption('Invite a user');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL('/audit?action=user.invite');
  await expect(page.getByText('No record matches the filter')).toBeVisible();
  await page.goBack();
  await expect(what).toHaveValue('');
  await expect(signIn).toBeVisible();
  await page.goto('/audit?action=host.paint');
  await expect(what).toHaveValue('host.paint');
});

test('a refusal says in words what was tried, why it was refused and on what', async ({
  page,
  server,
  admin: _admin,
  browser,
}) => {
  const administrators = await administrator(server);
  const viewer = await browser.newContext();
  const email = await signInAs('viewer', { server, admin: administrators, request: viewer.request });
  const { userId } = await call<{ userId: string }>(administrators, server, 'users.invite', {
    email: 'ada@example.com',
    name: '',
    role: 'viewer',
  });
  const refused = await viewer.request.post(`${server.url}/trpc/users.deactivate`, {
    data: { userId },
    headers: { origin: server.url },
  });
  expect(refused.status()).toBe(403);
  await page.goto('/audit?outcome=refused');
  const row = page.getByRole('row').filter({ hasText: 'Deactivate a user' });
  await expect(row).toContainText('no permission');
  await expect(row.getByRole('link', { name: 'ada@example.com' })).toHaveAttribute('href', `/users/${userId}`);
  await expect(row.getByRole('link', { name: email })).toBeVisible();
  await row.getByRole('button', { name: /^Details/ }).click();
  await expect(page.getByRole('definition').filter({ hasText: 'auth.forbidden' })).toBeVisible();
  await viewer.close();
  await administrators.dispose();
});

test('a record of one line is as low as a line', async ({ page, admin: _admin }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/audit');
  const row = page.getByRole('row').filter({ hasText: 'Sign in' });
  expect((await row.boundingBox())?.height).toBeLessThan(40);
});

test('at 360 px it can be read and opened', async ({ page, context, server, admin }) => {
  await call(context.request, server, 'users.invite', { email: 'ada@example.com', name: '', role: 'viewer' });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/audit');
  await test.step('who and on what can be told apart, and so can before and after', async () => {
    const invited = page.getByRole('row').filter({ hasText: 'Invite a user' });
    await expect(invited).toContainText(new RegExp(`Who${admin.email}.*On whatada@example.com`, 's'));
    await expect(invited.getByText('On what')).toBeVisible();
    await invited.getByRole('button', { name: /^Details/ }).click();
    const role = page.getByRole('table', { name: 'Before and after' }).getByRole('row').filter({ hasText: 'role' });
    await expect(role.getByText('Before')).toBeVisible();
    await expect(role.getByText('After')).toBeVisible();
    await page.getByRole('button', { name: /^Close details/ }).click();
  });
  await page
    .getByRole('row')
    .filter({ hasText: 'Sign in' })
    .getByRole('button', { name: /^Details/ })
    .click();
  await expect(page.getByText('Nothing was noted of before and after.')).toBeVisible();
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: /^Close details of record \d+$/ }).click();
  await expect(page.getByText('Nothing was noted of before and after.')).toHaveCount(0);
});
