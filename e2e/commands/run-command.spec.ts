import type { CommandReport } from '../../agent/commands/protocol';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { call } from '../people';

const ABLE = {
  able: ['restart_service', 'execute_shell'],
  unable: [],
  canDryRun: [],
  knowsSecurityUpdates: false,
  whyNotRunAs: null,
  interpreters: ['sh'],
  lock: { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1024 * 1024 },
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a script: who it would go to, what it writes as it writes it, and its end', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const able = await craftAgent(server, { fqdn: 'able.example.com' });
  const unable = await craftAgent(server, { fqdn: 'unable.example.com' });
  const other = await craftAgent(server, { fqdn: 'other.example.com' });
  for (const { hostId } of [able, unable, other]) {
    const data = { hostId };
    await context.request.post(`${server.url}/trpc/hosts.approve`, { data, headers: { origin: server.url } });
  }
  const forbidden = [{ kind: 'execute_shell', why: 'forbidden_here' as const, detail: 'commands.forbidden' }];
  await (
    await unable.connect({ commands: { ...ABLE, able: [], unable: forbidden } })
  )();
  const hangUp = await able.connect({ commands: ABLE });
  const hangUpOther = await other.connect({ commands: ABLE });
  const told = new Promise<{ runId: string; script: unknown }>((resolve) => {
    hangUp.client.agents.inbox.subscribe(undefined, {
      onData({ data }) {
        if (data.kind !== 'commands') return;
        const { runId, command } = data.runs[0]!;
        resolve({ runId, script: command.script });
      },
    });
  });
  const report = (said: Partial<CommandReport>) =>
    hangUp.client.agents.commandUpdate.mutate({ updates: [], output: [], ...said });

  await page.goto('/commands');
  await page.getByRole('main').getByRole('link', { name: 'Run a command' }).click();
  await page.getByLabel('Kind').selectOption('Run a script');
  await page.getByLabel('Script', { exact: true }).fill('echo hello');
  await page.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('able.example.com');
  await expect(preview).toContainText('1 of them cannot: its owner forbids it');
  await preview.getByRole('button', { name: 'Run on 3 hosts' }).click();
  await expect(page.getByRole('heading', { name: 'Run a script on 3 hosts' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'unable.example.com: Rejected' })).toBeVisible();

  const { runId, script } = await told;
  expect(script).toBe('echo hello');
  await report({ updates: [{ runId, state: 'running', agoMs: 0 }] });
  const square = page.getByRole('link', { name: /^able\.example\.com: / });
  await expect(square).toHaveAccessibleName('able.example.com: Running');
  await square.click();
  const panel = page.getByRole('region', { name: 'On able.example.com' });
  await expect(panel).toContainText('It has written nothing yet.');
  await report({ output: [{ runId, stream: 'stdout', offset: 0, data: base64('\x1b[32mhello\x1b[0m\n') }] });
  const output = panel.getByRole('log');
  await expect(output).toHaveText('hello');
  await report({ output: [{ runId, stream: 'stderr', offset: 15, data: base64('and goodbye\n') }] });
  await expect(output).toContainText('and goodbye');
  const ended = { runId, agoMs: 0, durationMs: 1 };
  await report({ updates: [{ ...ended, state: 'failed', exitCode: 3, reason: 'exit_code', outputBytes: 27 }] });
  await expect(panel).toContainText('exit code 3');
  await expect(square).toHaveAccessibleName('able.example.com: Failed');
  await expect(page.getByRole('link', { name: 'Failed 1' })).toBeVisible();

  // The last one to end wrote something else: the page has who wrote what by then.
  await hangUpOther.client.agents.commandUpdate.mutate({
    output: [{ runId, stream: 'stdout', offset: 0, data: base64('hello\nand welcome\n') }],
    updates: [{ ...ended, state: 'succeeded', exitCode: 0, outputBytes: 18 }],
  });
  const differences = page.getByRole('region', { name: 'What differs' });
  await expect(differences).toContainText('2 different outputs');
  await expect(differences).toContainText('1 host has not run it to an end that is known.');
  const groups = differences.getByRole('link');
  await expect(groups).toHaveCount(2);
  await groups.last().click();
  const squares = page.getByRole('list', { name: 'Hosts by state, failures first' }).getByRole('link');
  await expect(squares).toHaveCount(1);
  await expect(differences.getByLabel('What these hosts wrote otherwise')).toContainText(/− and \w+\s*\+ and \w+/);
  await groups.last().click();
  await expect(squares).toHaveCount(3);
  await square.click();
  await expect(output).toContainText('and goodbye');

  // The page as it is opened shows the same, and a search only the lines that have it.
  await page.reload();
  await expect(output).toContainText('and goodbye');
  await panel.getByRole('searchbox', { name: 'Lines that contain' }).fill('good');
  await expect(panel).toContainText('1 line');
  await expect(output).toHaveText('and goodbye');

  await page.getByRole('link', { name: 'Run again on failures' }).click();
  await expect(page.getByText('2 hosts, chosen before')).toBeVisible();
  await expect.poll(() => page.getByLabel('Script', { exact: true }).inputValue()).toBe('echo hello');
  await hangUp();
  await hangUpOther();
});

test('a secret goes out as it was typed before the preview, and is asked for when the command is run again', async ({
  page,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  // What the browser says of a form that was refused.
  expectComplaint(/status of 400/);
  const agent = await craftAgent(server, { fqdn: 'able.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
  const hangUp = await agent.connect({ commands: ABLE });
  const told: unknown[] = [];
  hangUp.client.agents.inbox.subscribe(undefined, {
    onData({ data }) {
      if (data.kind === 'commands') for (const { command } of data.runs) told.push(command.environment);
    },
  });
  const TOKEN = { name: 'TOKEN', value: 'hush-hush', isSecret: true };
  const secrets = page.getByLabel('Secret environment');
  const preview = page.getByRole('button', { name: 'Preview' });
  const run = page.getByRole('button', { name: 'Run on 1 host' });

  await page.goto('/commands/new?kind=execute_shell');
  await page.getByLabel('Script', { exact: true }).fill('deploy');
  await secrets.fill('TOKEN=hush-hush');
  await preview.click();
  await run.click();
  await expect.poll(() => told).toEqual([[TOKEN]]);
  // It is not on the page of what was sent, nor in the form that is made of it, which does without it in no case.
  expect(await page.content()).not.toContain('hush-hush');
  await page.getByRole('link', { name: 'Run again', exact: true }).click();
  await expect(secrets).toHaveValue('TOKEN=');
  await preview.click();
  await expect(page.getByRole('alert')).toContainText('Type its value again');
  await expect(run).toBeHidden();
  await secrets.fill('TOKEN=hush-hush');
  await preview.click();
  await run.click();
  await expect.poll(() => told.length).toBeGreaterThan(1);
  expect(told.at(-1)).toEqual([TOKEN]);

  // A saved command that needs one takes it as it was typed first, too.
  const saved = {
    ...{ name: 'Unlock', kind: 'execute_shell', parameters: { script: 'unlock' } },
    placeholders: [{ name: 'pin', type: 'secret', isRequired: true }],
  };
  await call(context.request, server, 'savedCommands.create', saved);
  await page.goto('/commands/saved');
  await page.getByRole('link', { name: 'Unlock', exact: true }).click();
  await preview.click();
  await expect(page.getByRole('alert')).toContainText('Fill in this field.');
  await page.getByLabel('pin').fill('hush-hush');
  await preview.click();
  await run.click();
  await expect(page.getByRole('link', { name: 'From Unlock' })).toBeVisible();
  await expect.poll(() => told.at(-1)).toEqual([{ ...TOKEN, name: 'PARAM_PIN' }]);
  await hangUp();
});

test('a secret that a page without a script was not given again is missed before anything is sent', async ({
  browser,
  context,
  server,
  admin: _,
}) => {
  const { hostId } = await craftAgent(server, { fqdn: 'able.example.com' });
  await call(context.request, server, 'hosts.approve', { hostId });
  const bare = await browser.newContext({
    ...{ baseURL: server.url, javaScriptEnabled: false, storageState: await context.storageState() },
  });
  const page = await bare.newPage();
  const secrets = page.getByLabel('Secret environment');
  const preview = page.getByRole('button', { name: 'Preview' });
  const run = page.getByRole('button', { name: 'Run on 1 host' });
  await page.goto('/commands/new?kind=execute_shell');
  await page.getByLabel('Script', { exact: true }).fill('deploy');
  await secrets.fill('TOKEN=hush-hush');
  await preview.click();
  await expect(page.getByText('Type its value again')).toBeVisible();
  expect(await page.content()).not.toContain('hush-hush');
  await run.click();
  await expect(page.getByRole('alert')).toContainText('Type its value again');
  await secrets.fill('TOKEN=hush-hush');
  await preview.click();
  await secrets.fill('TOKEN=hush-hush');
  await run.click();
  await expect(page.getByRole('heading', { name: 'Run a script on 1 host' })).toBeVisible();
  await bare.close();
});

test('a preview goes when the form is changed, and what goes to many hosts waits for their number', async ({
  page,
  browser,
  context,
  server,
  admin: _,
  expectComplaint,
}) => {
  const [first] = await Promise.all(
    Array.from({ length: 11 }, async (_nothing, nth) => {
      const agent = await craftAgent(server, { fqdn: `many-${nth}.example.com` });
      await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
      return agent;
    }),
  );
  expectComplaint(/status of 400/);
  const preview = page.getByRole('button', { name: 'Preview' });
  const panel = page.getByRole('region', { name: 'Preview' });
  const run = page.getByRole('button', { name: 'Run on 11 hosts' });
  const number = page.getByLabel('Type the number of hosts to go on');
  await page.goto('/commands/new?kind=get_system_info');
  await page.getByLabel('Hosts', { exact: true }).selectOption('Those that match a search');
  await page.getByLabel('Name or address contains').fill(first!.fqdn);
  await preview.click();
  await expect(panel).toContainText(first!.fqdn);
  await expect(panel.getByRole('button', { name: 'Run on 1 host' })).toBeEnabled();
  await page.getByLabel('Name or address contains').fill('many-');
  await expect(panel).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: 'Preview it again' })).toBeVisible();

  await preview.click();
  await expect(run).toBeDisabled();
  await number.fill('10');
  await expect(run).toBeDisabled();
  await number.fill('11');
  await expect(run).toBeEnabled();
  await page.getByLabel('Time limit on a host').fill('60');
  await expect(run).toBeHidden();
  await preview.click();
  // It is another preview: the number is typed for each.
  await expect(number).toHaveValue('');

  await test.step('also in a browser without a script, which has the button all the same', async () => {
    const storageState = await context.storageState();
    const bare = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false, storageState });
    const without = await bare.newPage();
    await without.goto('/commands/new?kind=get_system_info');
    await without.getByRole('button', { name: 'Preview' }).click();
    await without.getByLabel('Type the number of hosts to go on').fill('10');
    const answer = without.waitForResponse((response) => response.request().method() === 'POST');
    await without.getByRole('button', { name: 'Run on 11 hosts' }).click();
    expect((await answer).status()).toBe(400);
    await expect(without.getByRole('alert')).toContainText('Type the number of hosts that the preview shows.');
    await without.getByLabel('Type the number of hosts to go on').fill('11');
    await without.getByRole('button', { name: 'Run on 11 hosts' }).click();
    await expect(without.getByRole('heading', { name: 'on 11 hosts' })).toBeVisible();
    await bare.close();
  });
});

test('the grid of a command that goes on fills under a filter, and failures come first', async ({
  page,
  context,
  server,
  admin: _,
}) => {
  const agents = await Promise.all(
    ['one.example.com', 'two.example.com', 'three.example.com'].map(async (fqdn) => {
      const agent = await craftAgent(server, { fqdn });
      await call(context.request, server, 'hosts.approve', { hostId: agent.hostId });
      return { fqdn, hangUp: await agent.connect({ commands: ABLE }) };
    }),
  );
  const { id } = await call<{ id: string }>(context.request, server, 'commands.send', {
    ...{ kind: 'restart_service', parameters: { service: 'nginx', action: 'restart' }, targets: { all: true } },
  });
  const end = (nth: number, state: 'failed' | 'succeeded', runId = id) =>
    agents[nth]!.hangUp.client.agents.commandUpdate.mutate({
      updates: [{ runId, state, agoMs: 0, durationMs: 1 }],
      output: [],
    });
  const names = () =>
    page
      .getByRole('list', { name: 'Hosts by state, failures first' })
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')));
  await page.goto(`/commands/${id}?state=failed`);
  await expect(page.getByText('No host is in this state')).toBeVisible();
  await end(2, 'failed');
  await expect.poll(names).toEqual(['three.example.com: Failed']);
  await end(0, 'failed');
  await expect
    .poll(async () => (await names()).sort())
    .toEqual(['one.example.com: Failed', 'three.example.com: Failed']);
  await page.getByRole('link', { name: 'Failed 2' }).click();
  await page.getByRole('link', { name: /^(Sent|Queued) 1$/ }).click();
  await expect.poll(async () => (await names()).map((name) => name?.split(':')[0])).toEqual(['two.example.com']);
  await end(1, 'succeeded');
  await expect(page.getByText('No host is in this state')).toBeVisible();

  // Of another one the last host fails while the page shows all.
  const again = await call<{ id: string }>(context.request, server, 'commands.send', {
    ...{ kind: 'restart_service', parameters: { service: 'nginx', action: 'restart' }, targets: { all: true } },
  });
  await page.goto(`/commands/${again.id}`);
  await expect.poll(async () => (await names()).length).toBe(3);
  const last = (await names())[2]!.split(':')[0]!;
  await end(
    agents.findIndex(({ fqdn }) => fqdn === last),
    'failed',
    again.id,
  );
  await expect.poll(async () => (await names())[0]).toBe(`${last}: Failed`);
  for (const { hangUp } of agents) await hangUp();
});
