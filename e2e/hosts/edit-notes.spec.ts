import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { administrator, call, signInAs } from '../people';

test.use({ shares: true });

test('what one notes of a host, others read', async ({ page, browser, server, admin: _ }) => {
  const agent = await craftAgent(server, { fqdn: 'noted.example.com' });
  await page.goto(`/hosts/${agent.hostId}`);
  const notes = page.getByRole('region', { name: 'Notes' });
  const edit = page.getByRole('button', { name: `Edit the notes of ${agent.fqdn}` });
  await expect(notes).toContainText('Nobody has noted anything yet.');

  await test.step('by keyboard alone', async () => {
    await edit.press('Enter');
    await expect(notes.getByRole('textbox')).toBeFocused();
    await page.keyboard.type('Rack 4 <b>\nAsk before a restart.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(notes).toContainText('Rack 4 <b>');
    await expect(edit).toBeFocused();
  });

  await test.step('a change that is cancelled is none', async () => {
    await edit.click();
    await notes.getByRole('textbox').fill('something else');
    await notes.getByRole('button', { name: 'Cancel' }).click();
    await expect(notes).toContainText('Ask before a restart.');
  });

  await test.step('who may only look reads them', async () => {
    const context = await browser.newContext({ baseURL: server.url });
    const adminRequest = await administrator(server);
    await signInAs('viewer', { server, admin: adminRequest, request: context.request });
    const theirs = await context.newPage();
    await theirs.goto(`/hosts/${agent.hostId}`);
    await expect(theirs.getByRole('region', { name: 'Notes' })).toContainText('Rack 4 <b>');
    await expect(theirs.getByRole('button', { name: /^Edit/ })).toHaveCount(0);
    const { host } = await context.request
      .get(`${server.url}/trpc/hosts.byId?input=${encodeURIComponent(JSON.stringify({ hostId: agent.hostId }))}`)
      .then((answer) => answer.json() as Promise<{ result: { data: { host: { notes: string } } } }>)
      .then(({ result }) => result.data);
    expect(host.notes).toBe('Rack 4 <b>\nAsk before a restart.');
    await call(adminRequest, server, 'hosts.update', { hostId: agent.hostId, notes: '' });
    await theirs.reload();
    await expect(theirs.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(theirs.getByRole('region', { name: 'Notes' })).toHaveCount(0);
    await adminRequest.dispose();
    await context.close();
  });
});

test('what is typed for one host is never kept for another', async ({ page, server, admin: _ }) => {
  await craftAgent(server, { fqdn: 'one.example.com' });
  await craftAgent(server, { fqdn: 'other.example.com' });
  await page.goto('/hosts');
  await page.getByRole('link', { name: 'one.example.com', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('one.example.com');
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Hosts' }).click();
  await page.getByRole('link', { name: 'other.example.com', exact: true }).click();
  await page.getByRole('button', { name: 'Edit the notes of other.example.com' }).click();
  const typed = page.getByRole('region', { name: 'Notes' }).getByRole('textbox');
  await typed.fill('Of the other one.');
  await page.evaluate(() => history.go(-2));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('one.example.com');
  await expect(page.getByRole('button', { name: 'Edit the notes of one.example.com' })).toBeVisible();
  await expect(typed).toHaveCount(0);
});
