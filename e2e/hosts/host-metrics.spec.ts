import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures';

test.use({ serverEnvironment: { SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '1' } });

test('what a machine measures is kept, drawn, looked at closely, read as a table and saved', async ({
  page,
  startAgent,
  admin: _,
}) => {
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  await page.getByRole('row').filter({ hasText: /Up/ }).getByRole('link').first().click();
  await page.getByRole('navigation', { name: 'Views of this host' }).getByRole('link', { name: 'Metrics' }).click();
  await page.getByRole('navigation', { name: 'Time shown' }).getByRole('link', { name: '15 min' }).click();
  await expect(page).toHaveURL(/\/metrics\?range=15m$/);
  const memory = page.getByRole('figure').filter({ hasText: /^Memory/ });
  await expect(async () => {
    await page.reload();
    await expect(memory).toBeVisible({ timeout: 2_000 });
    await expect(memory.getByText(/^Memory: from .* on average\./)).toBeAttached();
  }).toPass();
  await expect(page.getByText('Each point is one measurement.')).toBeVisible();

  await test.step('what happened is a mark in the charts, and in words', async () => {
    await expect(page.getByRole('region', { name: 'What happened' }).getByText('Came up').first()).toBeVisible();
    await expect(memory.getByText(/Warning above .*\./)).toBeAttached();
  });

  await test.step('drawing over a part leads closer, also by a way around the chart, and Back out again', async () => {
    const plot = memory.locator('.u-over');
    await plot.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await plot.boundingBox())!;
    await page.mouse.move(x + width * 0.5, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y - 30, { steps: 4 });
    await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 4 });
    // What the caption says of the moment under the pointer must not move the chart away from it.
    await expect.poll(() => plot.boundingBox()).toEqual({ x, y, width, height });
    // What is drawn follows the pointer a moment later.
    const drawn = plot.locator('.u-select');
    await expect.poll(async () => (await drawn.boundingBox())?.width).toBeCloseTo(width * 0.4, -1);
    await page.mouse.up();
    await expect(page).toHaveURL(/\/metrics\?from=\d+&to=\d+$/);
    const { searchParams } = new URL(page.url());
    const seconds = Number(searchParams.get('to')) - Number(searchParams.get('from'));
    expect(seconds).toBeGreaterThan(900 * 0.35);
    expect(seconds).toBeLessThan(900 * 0.45);
    await page.goBack();
    await expect(page).toHaveURL(/\?range=15m$/);
  });

  await test.step('the same figures are a table and a file', async () => {
    await page.getByRole('button', { name: 'Show as tables' }).click();
    await expect(page.getByRole('region', { name: 'Memory' }).getByRole('cell').first()).toBeVisible();
    await expect(page.getByRole('region', { name: 'Memory' }).getByRole('cell', { name: 'Came up' })).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.csv$/);
    const [head, first] = (await readFile(await download.path(), 'utf8')).split('\r\n');
    expect(head).toMatch(/^Time,.*memory\.used/);
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,/);
  });

  await test.step('of many hosts the same charts are of all that a filter leaves', async () => {
    await page.goto('/hosts?filter=platform+%3D+linux');
    await page.getByRole('link', { name: 'Charts', exact: true }).click();
    await expect(page).toHaveURL(/\/hosts\/metrics\?filter=platform\+%3D\+linux$/);
    const cpu = page.getByRole('figure').filter({ hasText: /^CPU/ });
    await expect(cpu.getByText('95% are below')).toBeVisible();
    await page.getByRole('link', { name: '6 hours' }).click();
    await expect(page).toHaveURL(/\/hosts\/metrics\?filter=platform\+%3D\+linux&range=6h$/);
    const rule = page.getByRole('textbox', { name: 'Filter by a rule' });
    await rule.fill('platform = amiga');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(rule).toHaveAccessibleDescription(/amiga/);
    await expect(page).toHaveURL(/range=6h/);
  });
});
