import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './fixtures';
import { administrator, call } from './people';

test('an agent is configured: seen before it is saved, in force within moments, and taken back', async ({
  page,
  server,
  admin: _,
  startAgent,
}) => {
  const { stateDir } = await startAgent();
  const request = await administrator(server);
  const row = page.getByRole('region', { name: /^Waiting/ }).getByRole('link');
  await page.goto('/hosts');
  const hostId = (await row.first().getAttribute('href'))!.split('/').at(-1)!;
  await call(request, server, 'hosts.approve', { hostId });
  await request.dispose();

  await page.goto('/configuration');
  const text = page.getByRole('textbox', { name: 'YAML' });
  await test.step('a mistake is named with its place', async () => {
    await text.fill('heartbeat:\n  interval_secs: 600\n');
    await page.getByRole('button', { name: 'Show what changes' }).click();
    await expect(page.getByRole('alert')).toContainText('Line 2, column 3: heartbeat.interval_secs');
    await expect(text).toHaveValue('heartbeat:\n  interval_secs: 600\n');
  });

  await test.step('a name that the server’s certificate is not for is warned of', async () => {
    await text.fill('server:\n  addresses: [https://moved.example.com:6443, https://localhost:6443]\n');
    await page.getByRole('button', { name: 'Show what changes' }).click();
    const warning = page.getByRole('status').filter({ hasText: 'certificate is not for 1 of these addresses' });
    await expect(warning.getByRole('listitem')).toHaveText(['https://moved.example.com:6443']);
  });

  await test.step('what will change is shown, and on how many hosts', async () => {
    await text.fill('heartbeat:\n  interval_seconds: 600 # quiet\n');
    await page.getByRole('button', { name: 'Show what changes' }).click();
    const changes = page.getByRole('region', { name: 'What will change' });
    await expect(changes).toContainText('1 of 1 hosts will be told something else.');
    await expect(changes.getByRole('row', { name: /heartbeat\.interval_seconds/ })).toContainText('600');
    await page.getByRole('textbox', { name: 'Reason' }).fill('Less noise');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 1.')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Versions' })).toContainText('Less noise');
  });

  await page.goto(`/hosts/${hostId}/configuration`);
  const status = page.getByRole('main').getByRole('status').first();
  const rowOf = (key: string) =>
    page.getByRole('table', { name: 'Wanted, fetched and in force' }).getByRole('row', { name: new RegExp(key) });
  await test.step('the host says when it is in force', async () => {
    await expect(status).toContainText('In force.');
    await expect(rowOf('interval_seconds').getByRole('cell')).toHaveText([/600/, /600/, /600/, 'All agents']);
  });

  await test.step('a field goes into the text, and the page hears what the host does with it', async () => {
    await page.getByRole('textbox', { name: 'Seconds between pings' }).fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 1.')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'YAML' })).toHaveValue('heartbeat:\n  ping_seconds: 30\n');
    await expect(rowOf('ping_seconds').getByRole('cell')).toHaveText([/30/, /30/, /30/, 'This host']);
    await expect(status).toContainText('In force.');
  });

  await test.step('a version of before is one press away', async () => {
    await page.getByRole('textbox', { name: 'YAML' }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 2.')).toBeVisible();
    await page.getByText('Version 1', { exact: true }).click();
    await page.getByRole('button', { name: 'Go back to version 1' }).click();
    await expect(page.getByRole('textbox', { name: 'YAML' })).toHaveValue('heartbeat:\n  ping_seconds: 30\n');
    await expect(page.getByRole('region', { name: 'Versions' })).toContainText('Back to version 1');
  });

  await test.step('what is set on the machine is seen, and put back', async () => {
    const file = join(stateDir, 'agent.yaml');
    await appendFile(file, 'heartbeat: { interval_seconds: 30 }\n');
    const drift = page.getByRole('region', { name: 'Set on the machine' });
    await expect(drift).toContainText('heartbeat.interval_seconds');
    await expect(drift).toContainText('30 instead of 600');
    await drift.getByRole('button', { name: 'Put back' }).click();
    await expect(drift).toBeHidden();
    expect(await readFile(file, 'utf8')).not.toContain('heartbeat');
  });

  await test.step('a fleet has a page of its own, and counts less than the host', async () => {
    await page.goto('/fleets/new');
    await page.getByLabel('Name').fill('Shop');
    await page.getByLabel('Rule').fill('platform = linux');
    await page.getByRole('main').getByRole('button', { name: 'Make a fleet' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shop 1');
    await page.getByRole('main').getByRole('link', { name: 'Configuration' }).click();
    await expect(page.getByRole('heading', { name: 'Configuration of Shop' })).toBeVisible();
    await page.getByRole('textbox', { name: 'YAML' }).fill('log:\n  level: warn\nheartbeat:\n  ping_seconds: 60\n');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 1.')).toBeVisible();
    await page.goto(`/hosts/${hostId}/configuration`);
    await expect(rowOf('log.level').getByRole('cell')).toHaveText([/warn/, /warn/, /warn/, 'Shop']);
    await expect(rowOf('ping_seconds').getByRole('cell').last()).toHaveText('This host');
  });
});
