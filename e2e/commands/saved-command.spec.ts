import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { call, signInAs } from '../people';

const ABLE = {
  able: ['execute_shell'],
  unable: [],
  canDryRun: [],
  knowsSecurityUpdates: false,
  whyNotRunAs: null,
  interpreters: ['sh'],
  lock: { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1024 * 1024 },
};

test('a script is saved with what is open in it, run with a value, changed, and deleted', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  // What the browser says of a form that was refused.
  expectComplaint(/status of 400/);
  const agent = await craftAgent(server, { fqdn: 'able.example.com' });
  const data = { hostId: agent.hostId };
  await context.request.post(`${server.url}/trpc/hosts.approve`, { data, headers: { origin: server.url } });
  const hangUp = await agent.connect({ commands: ABLE });
  const told = new Promise<Record<string, unknown>>((resolve) => {
    hangUp.client.agents.inbox.subscribe(undefined, {
      onData: ({ data }) => data.kind === 'commands' && resolve(data.runs[0]!.command),
    });
  });

  await page.goto('/commands');
  await page.getByRole('link', { name: 'Saved commands' }).click();
  await expect(page.getByText('No saved command yet')).toBeVisible();
  await page.getByRole('link', { name: 'Save a command' }).click();
  await page.getByLabel('Kind').selectOption('Run a script');
  const script = page.getByLabel('Script', { exact: true });
  await script.fill('echo {{who}}');
  await page.getByLabel('Name', { exact: true }).fill('Greet');
  const add = page.getByRole('button', { name: 'Add a placeholder' });
  await add.click();
  const row = page.getByRole('group', { name: /^Placeholder/ });
  await row.getByLabel('Placeholder', { exact: true }).fill('who');
  await row.getByLabel('Label').fill('Whom');
  const save = page.getByRole('button', { name: 'Save' });
  await save.click();
  // Values are never pasted into a script: it says how they come.
  await expect(page.getByRole('alert')).toContainText('"$PARAM_NAME"');
  await script.fill('echo "$PARAM_WHO"');
  await save.click();

  const saved = page.getByRole('table', { name: 'Saved commands, by name' });
  await saved.getByRole('link', { name: 'Greet', exact: true }).click();
  await expect(page.getByText('echo "$PARAM_WHO"')).toBeVisible();
  const preview = page.getByRole('button', { name: 'Preview' });
  await preview.click();
  await expect(page.getByRole('alert')).toContainText('Fill in this field.');
  await page.getByLabel('Whom').fill('$(reboot)');
  await preview.click();
  await page.getByRole('button', { name: 'Run on 1 host' }).click();
  await expect(page.getByRole('link', { name: 'From Greet' })).toBeVisible();
  expect(await told).toMatchObject({
    script: 'echo "$PARAM_WHO"',
    environment: [{ name: 'PARAM_WHO', value: '$(reboot)' }],
  });

  // Again is with the same value.
  await page.getByRole('link', { name: 'Run again', exact: true }).click();
  await expect.poll(() => page.getByLabel('Whom').inputValue()).toBe('$(reboot)');

  await page.goto('/commands/saved');
  await saved.getByRole('link', { name: 'Edit Greet' }).click();
  await expect(page.getByText('version 1')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Say hello');
  await page.getByRole('button', { name: 'Save' }).click();
  await saved.getByRole('link', { name: 'Edit Say hello' }).click();
  await page.getByRole('button', { name: 'Delete Say hello' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('stay in the history');
  await dialog.getByRole('button', { name: 'Delete Say hello' }).click();
  await expect(page.getByText('No saved command yet')).toBeVisible();
  await hangUp();
});

test('a runner is named by what is typed of them, and runs that and is offered nothing else', async ({
  page,
  context,
  browser,
  server,
  admin: _,
}) => {
  const agent = await craftAgent(server, { fqdn: 'able.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
  const hangUp = await agent.connect({ commands: ABLE });
  const script = { kind: 'execute_shell', parameters: { script: 'echo night' }, runBy: 'named' };
  for (const name of ['Night shift', 'Day shift'])
    await call(context.request, server, 'savedCommands.create', { name, ...script });
  const theirs = await browser.newContext({ baseURL: server.url });
  const email = await signInAs('runner', { server, admin: context.request, request: theirs.request });

  await page.goto('/commands/saved');
  await page.getByRole('link', { name: 'Edit Night shift' }).click();
  await page.waitForURL(/saved\/[0-9a-f-]{36}$/);
  const address = page.url();
  const who = page.getByRole('region', { name: 'Who may run it' });
  await expect(who.getByText('Nobody is named yet.')).toBeVisible();
  const person = who.getByLabel('E-mail');
  await person.fill(email.slice(0, 4));
  await expect(who.locator(`option[value="${email}"]`)).toBeAttached();
  await person.fill(email);
  await who.getByRole('button', { name: 'Name this person' }).click();
  const named = who.getByRole('listitem');
  await expect(named).toContainText('wherever their role allows');
  await expect(person).toHaveValue('');

  const runner = await theirs.newPage();
  await runner.goto('/commands/saved');
  await expect(runner.getByRole('link', { name: 'Night shift', exact: true })).toBeVisible();
  await expect(runner.getByText('Day shift')).toHaveCount(0);
  await runner.getByRole('link', { name: 'Night shift', exact: true }).click();
  await runner.getByRole('button', { name: 'Preview' }).click();
  await runner.getByRole('button', { name: 'Run on 1 host' }).click();
  await expect(runner.getByRole('link', { name: 'From Night shift' })).toBeVisible();
  const again = runner.getByRole('link', { name: 'Run again', exact: true });
  await expect(again).toBeVisible();
  const sent = runner.url();
  // Its page shows what it does, and offers nothing that would be refused.
  await runner.goto(address);
  await expect(runner.getByText('echo night')).toBeVisible();
  await expect(runner.getByRole('link', { name: 'Run it' })).toBeVisible();
  await expect(runner.getByRole('button', { name: /Save|Delete/ })).toHaveCount(0);

  await who.getByRole('button', { name: /^Remove / }).click();
  await expect(who.getByText('Nobody is named yet.')).toBeVisible();
  await runner.goto('/commands/saved');
  await expect(runner.getByText('No saved command yet')).toBeVisible();
  await runner.goto(sent);
  await expect(runner.getByRole('link', { name: 'From Night shift' })).toBeVisible();
  await expect(again).toHaveCount(0);
  await theirs.close();
  await hangUp();
});
