import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, call } from '../people';
import { temporary } from '../shared-server';

test('an agent is configured: seen before it is saved, in force within moments, and taken back', async ({
  page,
  server,
  admin: _,
  startAgent,
}) => {
  const stateDir = await temporary('agent');
  // A configuration with which it does not reach the server is left soon.
  await writeFile(join(stateDir, 'agent.yaml'), 'confirm_seconds: 3\n');
  await startAgent(stateDir);
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

  await test.step('what is wrong there is said in the language of the page', async () => {
    await page.context().addCookies([{ name: 'language', value: 'de', url: server.url }]);
    await page.reload();
    await text.fill('log: { level: loud }\n');
    await page.getByRole('button', { name: 'Änderungen anzeigen' }).click();
    await expect(page.getByRole('alert')).toContainText('muss einer dieser Werte sein: error, warn, info, debug');
    await page.context().clearCookies({ name: 'language' });
    await page.reload();
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
    await page.getByRole('button', { name: 'Save for 1 host' }).click();
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

  await test.step('a version of before is put into the text, and saved', async () => {
    await page.getByRole('textbox', { name: 'YAML' }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 2.')).toBeVisible();
    await page.getByText('Version 1', { exact: true }).click();
    await page.getByRole('button', { name: 'Go back to version 1' }).click();
    await expect(page.getByRole('textbox', { name: 'YAML' })).toHaveValue('heartbeat:\n  ping_seconds: 30\n');
    await expect(page.getByRole('region', { name: 'What will change' })).toContainText('1 of 1 hosts');
    await page.getByRole('button', { name: 'Save for 1 host' }).click();
    await expect(page.getByRole('region', { name: 'Versions' })).toContainText('Back to version 1');
  });

  await test.step('what is set on the machine is seen, and put back', async () => {
    const file = join(stateDir, 'agent.yaml');
    await appendFile(file, 'heartbeat: { interval_seconds: 30 }\n');
    const drift = page.getByRole('region', { name: 'Set on the machine' });
    await expect(drift).toContainText('heartbeat.interval_seconds');
    await expect(drift).toContainText('30 instead of 600');
    // What is typed stays, also where somebody else saves and the page is read anew.
    const message = page.getByRole('textbox', { name: 'Reason' });
    await message.fill('as I was about to say');
    const other = await administrator(server);
    const document = 'heartbeat:\n  ping_seconds: 31\n';
    await call(other, server, 'configuration.saveHost', { hostId, document, etag: '"3"' });
    await other.dispose();
    await drift.getByRole('button', { name: 'Put back' }).click();
    await expect(page.getByText('Somebody saved version 4 meanwhile')).toBeVisible();
    await expect(message).toHaveValue('as I was about to say');
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
    // Of many it is shown first.
    await expect(page.getByRole('region', { name: 'What will change' })).toContainText('1 of 1 hosts');
    await page.getByRole('button', { name: 'Save for 1 host' }).click();
    await expect(page.getByText('Saved as version 1.')).toBeVisible();
    await page.goto(`/hosts/${hostId}/configuration`);
    await expect(rowOf('log.level').getByRole('cell')).toHaveText([/warn/, /warn/, /warn/, 'Shop']);
    await expect(rowOf('ping_seconds').getByRole('cell').last()).toHaveText('This host');
  });

  await test.step('the hashes of the three documents are one when it is in force', async () => {
    const hashes = rowOf('Hash and time').getByRole('button', { name: /^Copy Hash/ });
    await expect(hashes).toHaveText(Array.from({ length: 3 }, () => /^[0-9a-f]{12}$/));
    await expect.poll(async () => new Set(await hashes.allTextContents()).size).toBe(1);
  });

  await test.step('a host that does not reach the server goes back, says why, and tries again when it is told to', async () => {
    const text = page.getByRole('textbox', { name: 'YAML' });
    const good = await text.inputValue();
    await text.fill(`${good}server:\n  addresses: [https://127.0.0.1:1]\n`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(status).toContainText('The host went back to what it had.', { timeout: 30_000 });
    await expect(status).toContainText('127.0.0.1:1');
    await expect(rowOf('server.addresses').getByRole('cell')).toHaveText([/:1/, /:1/, /–/, 'This host']);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(status).toContainText('The host is trying it.', { timeout: 30_000 });
    await expect(status).toContainText('The host went back to what it had.', { timeout: 30_000 });

    await page.goto('/configuration');
    await page.getByRole('link', { name: '1 host went back to what it had' }).click();
    await expect(page.getByText('went back from its configuration')).toBeVisible();
    await expect(page.getByRole('main').locator(`a[href="/hosts/${hostId}"]`).first()).toBeVisible();
    await page.goto(`/hosts/${hostId}/events`);
    await expect(page.getByText('Went back to the configuration that it had')).toHaveCount(2);

    await page.goto(`/hosts/${hostId}/configuration`);
    await text.fill(good);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(status).toContainText('In force.', { timeout: 30_000 });
    await page.goto('/configuration');
    await expect(page.getByText('No host has refused its configuration')).toBeVisible();
  });
  await rm(stateDir, { recursive: true });
});

test('what was chosen and typed stays, whatever comes of saving it', async ({
  page,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 412|ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed/);
  await page.goto('/configuration');
  const text = page.getByRole('textbox', { name: 'YAML' });
  const pings = page.getByRole('group', { name: 'Heartbeat' }).getByLabel('Seconds between pings');
  const save = page.getByRole('button', { name: 'Save' });

  await test.step('where the text is no YAML', async () => {
    await text.fill('heartbeat: {');
    await pings.fill('30');
    await page.getByRole('button', { name: 'Show what changes' }).click();
    await expect(page.getByRole('alert')).toContainText('1 mistake');
    await expect(pings).toHaveValue('30');
    await text.fill('# as agreed\n');
    await page.getByRole('button', { name: 'Show what changes' }).click();
    await expect(text).toHaveValue('# as agreed\n\nheartbeat:\n  ping_seconds: 30\n');
    await expect(pings).toHaveValue('30');
  });

  await test.step('without a network', async () => {
    await pings.fill('40');
    await page.context().setOffline(true);
    await save.click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(pings).toHaveValue('40');
    await page.context().setOffline(false);
  });

  await test.step('where somebody else was faster, of whose change one hears', async () => {
    const request = await administrator(server);
    const theirs = { document: 'log:\n  level: debug\n', message: 'Find the slow disk', etag: '"0"' };
    await call(request, server, 'configuration.saveGlobal', theirs);
    await request.dispose();
    await save.click();
    const notice = page.getByRole('alert').filter({ hasText: 'Somebody saved version 1 meanwhile' });
    await expect(notice).toContainText('Find the slow disk');
    await expect(notice).toContainText('+ log:');
    await expect(text).toHaveValue('# as agreed\n\nheartbeat:\n  ping_seconds: 40\n');
    await expect(pings).toHaveValue('40');
    await text.fill('log:\n  level: debug\nheartbeat:\n  ping_seconds: 40\n');
    await save.click();
    await expect(page.getByText('Saved as version 2.')).toBeVisible();
  });
});

test('another order of fleets says how many hosts it changes, and a push to how many it goes', async ({
  page,
  server,
  admin: _,
}) => {
  const { hostId } = await craftAgent(server, { fqdn: 'ordered.example.com' });
  const request = await administrator(server);
  await call(request, server, 'hosts.approve', { hostId });
  const made = async (name: string, document: object) => {
    const { id } = await call<{ id: string }>(request, server, 'fleets.create', { name, rule: 'platform = linux' });
    await call(request, server, 'configuration.saveFleet', { fleetId: id, document, etag: '"0"' });
    return id;
  };
  const [shop, lab] = [await made('Shop', { log: { level: 'debug' } }), await made('Lab', {})];
  await call(request, server, 'configuration.saveOrder', { fleetIds: [shop, lab], etag: '*' });
  const document = { log: { level: 'warn' } };
  await call(request, server, 'configuration.saveFleet', { fleetId: lab, document, etag: '"1"' });
  await request.dispose();

  await page.goto('/configuration');
  const order = page.getByRole('region', { name: 'Fleets that are configured' });
  await order.getByRole('button', { name: 'Count more Shop' }).click();
  await expect(order.getByRole('status')).toHaveText('1 of 1 hosts will be told something else. ordered.example.com');
  await order.getByRole('button', { name: 'Save this order' }).click();
  await expect(order.getByRole('button', { name: 'Save this order' })).toBeHidden();
  await expect(order.getByRole('listitem')).toContainText(['Lab', 'Shop']);

  await page.getByLabel('Platform').selectOption({ label: 'Linux' });
  await page.getByRole('button', { name: 'Push…' }).click();
  await expect(page.getByLabel('What is to be done')).toHaveValue('pushConfiguration');
  await page.getByRole('button', { name: 'See which hosts it is for' }).click();
  await expect(page.getByText('It is for 1 host.')).toBeVisible();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('meter', { name: 'Hosts that it has seen to' })).toHaveAttribute(
    'aria-valuetext',
    '1 of 1',
  );
});
