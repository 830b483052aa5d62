import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { call } from '../people';

test.use({ shares: true });

const EVIL = `<img src=x onerror="document.title='owned'">`;
const ALSO = `"><script>document.title='owned'</script>{{constructor}}\u202Egnp.`;

test('what a machine says is shown as text, wherever it is shown', async ({ page, server, admin: _ }) => {
  const agent = await craftAgent(server, { osName: EVIL, osVersion: ALSO, agentVersion: EVIL });
  await page.goto('/hosts');
  const row = page.getByRole('row').filter({ hasText: agent.fqdn });
  await expect(row).toContainText(EVIL);
  await row.getByRole('button', { name: /^Approve/ }).click();
  await expect(row).toContainText('Never connected');
  const hangUp = await agent.connect({
    osName: EVIL,
    osVersion: ALSO,
    kernel: EVIL,
    architecture: EVIL.slice(0, 50),
    agentVersion: EVIL,
    hardware: { manufacturer: EVIL, model: ALSO, virtualisation: EVIL, cpuModel: EVIL, cpuCores: 2, memoryBytes: 4e9 },
  });

  for (const path of [
    '/',
    '/hosts',
    `/hosts/${agent.hostId}`,
    `/hosts/${agent.hostId}/certificate`,
    `/hosts/${agent.hostId}/events`,
  ]) {
    await page.goto(path);
    await expect(page.getByText('Live', { exact: true })).toBeAttached();
    expect(await page.locator('img[src="x"], img[onerror], main script').count(), path).toBe(0);
    await expect(page).not.toHaveTitle(/owned/);
  }
  await page.goto(`/hosts/${agent.hostId}`);
  await expect(page.getByRole('main')).toContainText(EVIL);
  await hangUp();
});

test('it makes no page wider, turns nothing round, and is shown whole on demand', async ({
  page,
  server,
  admin: _,
}) => {
  const whole = `\u202E${'x'.repeat(150)}`;
  const agent = await craftAgent(server, {
    fqdn: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example.com`,
    osName: whole,
    agentVersion: 'v'.repeat(50),
  });
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ['/', '/hosts', `/hosts/${agent.hostId}`]) {
      await page.goto(path);
      const approve = page.getByRole('main').getByRole('button', { name: /^Approve/ });
      const edges = await approve.evaluate((button) => ({
        end: button.getBoundingClientRect().right,
        page: innerWidth,
      }));
      expect(edges.end, `${path} ${width}`).toBeLessThanOrEqual(edges.page);
      const tables = await page
        .locator('main table')
        .evaluateAll((all) => all.every((one) => one.scrollWidth <= one.parentElement!.clientWidth));
      expect(tables, `${path} ${width}`).toBe(true);
      const said = page.getByText(whole, { exact: false }).first();
      expect(await said.evaluate((text) => getComputedStyle(text).unicodeBidi), path).toBe('isolate');
    }
  }
  await page.goto('/hosts');
  const said = page.getByRole('row').filter({ hasText: agent.fqdn }).locator('bdi', { hasText: whole });
  const isCut = () => said.evaluate((text) => text.scrollHeight > text.clientHeight);
  expect(await isCut()).toBe(true);
  await page.getByRole('button', { name: 'Show all of it' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Show less' })).toBeFocused();
  expect(await isCut()).toBe(false);
});

test('what a person is called is neither markup nor a template, wherever it is shown', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const name = `${EVIL} {{count}} $t(users.never)`;
  const { userId } = await call<{ userId: string }>(context.request, server, 'users.invite', {
    email: 'ada@example.com',
    name,
    role: 'viewer',
  });
  for (const path of ['/users', `/users/${userId}`, '/audit']) {
    await page.goto(path);
    expect(await page.locator('img[src="x"], img[onerror], main script').count(), path).toBe(0);
    await expect(page).not.toHaveTitle('owned');
    if (path !== '/audit') await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  }
  // In a sentence, which is a template itself.
  await page.goto(`/users/${userId}`);
  await page.getByRole('button', { name: `Deactivate ${name}`, exact: true }).click();
  await expect(page.getByRole('alertdialog')).toContainText(name);
});

test('a name that is no name is refused at the door', async ({ server }) => {
  for (const fqdn of [EVIL, 'UPPER.example.com', 'a..b', 'x'.repeat(254), 'web-01.example.com\u0000', '../../etc']) {
    await expect(craftAgent(server, { fqdn }), fqdn).rejects.toThrow('input.invalid');
  }
});
