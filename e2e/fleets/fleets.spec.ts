import { openDatabase } from '../../db/open-database';
import { fleets } from '../../db/schema';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, ask, call, signInAs } from '../people';

test('a fleet is made by a rule that is looked at first, and given to somebody who then sees its hosts alone', async ({
  page,
  browser,
  server,
  admin: _,
}) => {
  const adminRequest = await administrator(server);
  const hostIds: Record<string, string> = {};
  for (const [fqdn, platform] of [
    ['web-01.example.com', 'linux'],
    ['db-01.example.com', 'freebsd'],
  ] as const) {
    const { hostId } = await craftAgent(server, { fqdn, platform });
    await call(adminRequest, server, 'hosts.approve', { hostId });
    hostIds[fqdn] = hostId;
  }
  await page.goto('/fleets');
  await expect(page.getByText('No fleet yet')).toBeVisible();
  await page.getByRole('link', { name: 'Make a fleet' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New fleet' })).toBeVisible();

  await test.step('what is wrong with a rule is said beside it, where it goes wrong', async () => {
    await page.getByLabel('Name').fill('Shop');
    await page.getByLabel('Rule').fill('platform = amiga');
    await expect(page.getByLabel('Rule')).toHaveAccessibleDescription(
      /This field cannot have the value at character 12\. Possible: linux, windows/,
    );
    await page.getByLabel('Rule').fill('platform = linux');
    await expect(page.getByText('It would have 1 host.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'web-01.example.com', exact: true })).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: 'Make a fleet' }).click();
  });

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shop 1');
  const members = page.getByRole('table', { name: 'Hosts' });
  await expect(members.getByRole('link', { name: 'web-01.example.com', exact: true })).toBeVisible();

  await test.step('hosts are listed and taken out by hand', async () => {
    const list = page.getByRole('region', { name: 'List a host' });
    await list.getByRole('textbox').fill('db-01.example.com');
    await list.getByRole('button').click();
    await expect(members.getByRole('row')).toHaveCount(3);
    await members.getByRole('button', { name: 'Take web-01.example.com out of Shop' }).click();
    const excepted = page.getByRole('region', { name: 'Excepted from the rule' });
    await expect(excepted.getByRole('link', { name: 'web-01.example.com', exact: true })).toBeVisible();
    await excepted.getByRole('button').click();
    await expect(excepted).toHaveCount(0);
    await members.getByRole('button', { name: 'Take db-01.example.com out of Shop' }).click();
    // What is under the pointer stays there.
    await expect(members.getByRole('row', { name: /^db-01/ })).toContainText('No longer in it');
    // Neither the pointer nor the focus, which the act has left in the list.
    await page.getByRole('heading', { level: 1 }).click();
    await expect(members.getByRole('row')).toHaveCount(2);
  });

  await test.step('who enters or leaves by another hand is there, and gone, on pages that are open', async () => {
    const fleetId = page.url().split('/').at(-1)!;
    const list = await page.context().newPage();
    await list.goto(`/hosts?fleet=${fleetId}`);
    const host = await page.context().newPage();
    await host.goto(`/hosts/${hostIds['db-01.example.com']!}`);
    await expect(host.getByText('It is in none.')).toBeVisible();
    await call(adminRequest, server, 'fleets.putHost', { fleetId, hostId: hostIds['db-01.example.com'] });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shop 2');
    await expect(members.getByRole('link', { name: 'db-01.example.com', exact: true })).toBeVisible();
    await expect(
      host.getByRole('region', { name: 'Fleets' }).getByRole('link', { name: 'Shop', exact: true }),
    ).toBeVisible();
    const listed = list.getByRole('table', { name: 'Hosts' }).getByRole('link', { name: /^db-01/ });
    await expect(list.getByText('The hosts of this fleet are others now')).toBeVisible();
    await expect(listed).toHaveCount(0);
    await list.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(listed).toBeVisible();
    await expect(list.getByText('Only hosts of the fleet Shop')).toBeVisible();
    await expect(list.getByRole('heading', { level: 1 })).toHaveText('Hosts 2 of 2');
    await call(adminRequest, server, 'fleets.removeHost', { fleetId, hostId: hostIds['db-01.example.com'] });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shop 1');
    await expect(host.getByText('It is in none.')).toBeVisible();
    await list.goto(`/hosts?fleet=${fleetId}&columns=fleets&columns=tags`);
    await expect(list.getByRole('heading', { level: 1 })).toHaveText('Hosts 1 of 2');
    await expect(list.getByRole('table', { name: 'Hosts' }).getByRole('cell', { name: 'Shop' })).toBeVisible();
    await list.getByRole('link', { name: 'Clear the filter' }).click();
    await expect(list).not.toHaveURL(/fleet=/);
    await expect(list.getByRole('heading', { level: 1 })).toHaveText('Hosts 2');
    await list.close();
    await host.close();
  });

  await test.step('it has the charts of its hosts, which lead back to it', async () => {
    await page.getByRole('link', { name: 'Metrics', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Metrics of Shop 1');
    await page.getByRole('link', { name: 'The fleet and its hosts' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shop 1');
  });

  await test.step('who has a role on it sees its hosts and no others', async () => {
    const theirs = await browser.newContext({ baseURL: server.url });
    const email = await signInAs('none', { server, admin: adminRequest, request: theirs.request });
    const { users } = await ask<{ users: { id: string }[] }>(adminRequest, server, 'users.list', { search: email });
    await page.goto(`/users/${users[0]!.id}`);
    const roles = page.getByRole('region', { name: 'Roles on fleets' });
    await roles.getByLabel('Role').selectOption('Operator');
    await roles.getByRole('button', { name: 'Give the role' }).click();
    await expect(roles.getByRole('link', { name: 'Shop' })).toBeVisible();

    const seen = await theirs.newPage();
    await seen.goto('/hosts');
    await expect(seen.getByRole('link', { name: 'web-01.example.com', exact: true })).toBeVisible();
    await expect(seen.getByText('db-01.example.com')).toHaveCount(0);
    await roles.getByRole('button', { name: /^Take away the role/ }).click();
    await expect(roles.getByRole('link', { name: 'Shop' })).toHaveCount(0);
    await expect.poll(async () => (await theirs.request.get('/hosts')).status()).toBe(403);

    await page.goto('/fleets');
    await page.getByRole('link', { name: 'Shop', exact: true }).click();
    const people = page.getByRole('region', { name: 'Roles on this fleet' });
    await people.getByLabel('Person').selectOption(users[0]!.id);
    await people.getByRole('button', { name: 'Give the role' }).click();
    await expect(people.getByRole('link')).toHaveCount(1);
    await expect.poll(async () => (await theirs.request.get('/hosts')).status()).toBe(200);
    await people.getByRole('button', { name: /^Take away the role/ }).click();
    await expect(people.getByRole('link')).toHaveCount(0);
    await theirs.close();
  });

  await test.step('an enrolment token lists its machines in it', async () => {
    await page.goto('/enrolment');
    await page.getByLabel('Name', { exact: true }).fill('Rack 7');
    await page.getByLabel('Fleet', { exact: true }).selectOption('Shop');
    await page.getByRole('button', { name: 'Create token' }).click();
    await expect(page.getByRole('heading', { name: 'The token is made' })).toBeVisible();
    const { tokens } = await ask<{ tokens: object[] }>(adminRequest, server, 'enrolmentTokens.list', {});
    expect(tokens).toMatchObject([{ name: 'Rack 7', fleet: { name: 'Shop' } }]);
  });
  await adminRequest.dispose();
});

test('a rule is put together by clicking, its text follows, and each membership is explained', async ({
  page,
  server,
  admin: _,
}) => {
  const adminRequest = await administrator(server);
  const { hostId } = await craftAgent(server, { fqdn: 'app-01.example.com', platform: 'openbsd' });
  await call(adminRequest, server, 'hosts.approve', { hostId });
  await page.goto('/fleets/new');
  await page.getByLabel('Name', { exact: true }).fill('Clicked');
  await page.getByLabel('Rule', { exact: true }).fill('cores > 100');
  await page.getByRole('button', { name: 'Build by clicking' }).click();
  const cores = page.getByRole('group', { name: 'cores >' });
  await expect(cores.getByLabel('Value')).toHaveValue('100');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  const added = page.getByRole('group', { name: 'name =' });
  await added.getByLabel('Field').selectOption('platform');
  await page.getByRole('group', { name: 'platform =' }).getByLabel('Value').selectOption('openbsd');
  await expect(page.getByLabel('Rule', { exact: true })).toHaveValue('cores > 100 and platform = "openbsd"');
  await expect(page.getByText('It would have 0 hosts.')).toBeVisible();
  await page.getByLabel('True of a host when').selectOption('any of these is true');
  await expect(page.getByLabel('Rule', { exact: true })).toHaveValue('cores > 100 or platform = "openbsd"');
  await expect(page.getByText('It would have 1 host.')).toBeVisible();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('group', { name: 'name =' }).getByLabel('Field').selectOption('package');
  const asked = page.getByRole('group', { name: 'package has' });
  await asked.getByLabel('Value').fill('openssl');
  await asked.getByLabel('Version').selectOption('<');
  await asked.getByLabel('Compared with').fill('3.0.15');
  await expect(page.getByLabel('Rule', { exact: true })).toHaveValue(
    'cores > 100 or platform = "openbsd" or package has "openssl" < "3.0.15"',
  );
  await expect(page.getByText('It would have 1 host.')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Make a fleet' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Clicked 1');
  await page.getByRole('link', { name: 'Why is app-01.example.com in Clicked?' }).click();
  await expect(page.getByText('app-01.example.com is in Clicked: the rule is true of it.')).toBeVisible();
  const row = page.getByRole('row', { name: /platform = "openbsd"/ });
  await expect(row).toContainText('true · decides');
  await page.getByRole('textbox', { name: 'Ask about a host' }).fill('nobody.example.com');
  await page.getByRole('button', { name: 'Explain' }).click();
  await expect(page.getByRole('textbox', { name: 'Ask about a host' })).toHaveAccessibleDescription(/does not exist/);
  await adminRequest.dispose();
});

test('a fleet beyond those that are offered is found by its name', async ({
  page,
  server,
  databaseUrl,
  dataDir,
  admin: _,
}) => {
  const { db, close } = await openDatabase({ url: databaseUrl!, directory: dataDir });
  await db
    .insert(fleets)
    .values(Array.from({ length: 201 }, (_, n) => ({ name: `Rack ${String(n).padStart(3, '0')}` })));
  await close();
  await page.goto('/enrolment');
  const field = page.getByLabel('Fleet', { exact: true });
  await expect(field.getByRole('option')).toHaveCount(201);
  await expect(page.getByText('There are more fleets than are offered here.')).toBeVisible();
  await page.getByLabel('Find another fleet by its name').fill('rack 200');
  await expect(field.getByRole('option')).toHaveText([/./, 'Rack 200']);
  await field.selectOption('Rack 200');
  await page.getByLabel('Name', { exact: true }).fill('Of a rack');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByRole('heading', { name: 'The token is made' })).toBeVisible();
  const { tokens } = await ask<{ tokens: object[] }>(page.request, server, 'enrolmentTokens.list', {});
  expect(tokens).toMatchObject([{ name: 'Of a rack', fleet: { name: 'Rack 200' } }]);
});
