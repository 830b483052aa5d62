import type { APIRequestContext, Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { fillServer } from '../every-page';
import { expect, test as base } from '../fixtures';
import { administrator, call, signInAs } from '../people';
import type { Server } from '../start-server';

const test = base.extend<{ adminRequest: APIRequestContext; filled: Awaited<ReturnType<typeof fillServer>> }>({
  adminRequest: async ({ server }, use) => {
    const request = await administrator(server);
    await use(request);
    await request.dispose();
  },
  filled: async ({ server, adminRequest }, use) => {
    const filled = await fillServer(
      server,
      (hostId) => call(adminRequest, server, 'hosts.approve', { hostId }),
      adminRequest,
    );
    await use(filled);
    await filled.hangUp();
  },
});

test.use({ shares: true });

/**
 * The first parts of the addresses that are not for a role. Who may see nothing has their own account, and no
 * dashboard.
 */
const NOT_FOR = {
  none: /^\/(hosts|jobs|fleets|commands|health|configuration|certificates|users|audit|enrolment)\b/,
  viewer: /^\/(users|audit|enrolment|fleets\/new)\b|\/commands\b/,
  operator: /^\/(users|audit)\b/,
};

/** What anybody may do, for themselves: keep a list as it is filtered. Without a name it is answered with 400. */
const OWN_ACTS = /\/acts\/views\.save\b/;

/**
 * What the page asked for and is not theirs: what was refused, and every change, which is noticed before its answer.
 */
function watchAttempts(page: Page): string[] {
  const attempts: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 403) attempts.push(`refused: ${new URL(response.url()).pathname}`);
  });
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() !== 'GET' && !OWN_ACTS.test(pathname)) attempts.push(`${request.method()} ${pathname}`);
  });
  return attempts;
}

/** Where the page is, what can be pressed on it, and how much has opened over it. */
const standOf = async (page: Page) =>
  JSON.stringify([
    page.url(),
    await page.getByRole('main').getByRole('button').allInnerTexts(),
    await page.locator('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]').count(),
  ]);

/**
 * Presses every button of the page's own, and in a dialog the one that does it. Each finds the page as it was at first:
 * loaded anew, unless the one before has left it so.
 */
async function pressEverything(page: Page, path: string) {
  const buttons = page.getByRole('main').getByRole('button');
  const count = await buttons.count();
  const fresh = await standOf(page);
  for (let i = 0; i < count; i++) {
    if ((await standOf(page)) !== fresh) await page.goto(path);
    const button = buttons.nth(i);
    if (!(await button.isEnabled())) continue;
    await button.click();
    const verb = page.getByRole('alertdialog').getByRole('button').last();
    if (await verb.isVisible()) await verb.click();
  }
}

/** What a call over the page's WebSocket is refused with; null if it is not. */
function askOverSocket(
  server: Server,
  cookie: string,
  method: string,
  path: string,
  input: unknown,
): Promise<string | null> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/trpc`, { headers: { origin: server.url, cookie } });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, jsonrpc: '2.0', method, params: { path, input } })));
    socket.on('message', (message: Buffer) => {
      const { error } = JSON.parse(message.toString()) as { error?: { data: { appCode: string } } };
      socket.terminate();
      resolve(error?.data.appCode ?? null);
    });
  });
}

for (const role of ['none', 'viewer', 'operator'] as const) {
  test.describe(role, () => {
    test('every page opens, or says that it is not for them', async ({
      page,
      context,
      server,
      adminRequest,
      filled,
      expectComplaint,
    }) => {
      test.slow();
      expectComplaint(/status of 404/);
      expectComplaint(/status of 400.*\/acts\/views\.save\b/);
      expectComplaint(
        role === 'none' ? /status of 403/ : /status of 403.*\/(users|audit|enrolment|commands|fleets\/new)\b/,
      );
      const email = await signInAs(role, { server, admin: adminRequest, request: context.request });
      const attempts = watchAttempts(page);
      for (const path of [...filled.pages, ...filled.lost]) {
        const answer = await page.goto(path);
        const heading = page.getByRole('heading', { level: 1 });
        await expect(heading).toBeVisible();
        const isOurs = !NOT_FOR[role].test(path) && !(role === 'none' && path === '/');
        expect.soft(answer!.status() === 403, path).toBe(!isOurs);
        expect
          .soft(await page.getByRole('heading', { name: 'This is not yours to see' }).count(), path)
          .toBe(isOurs ? 0 : 1);
        // Also around what is not theirs, so that they find what is. What anybody may open has no frame.
        if (!isOurs || path.startsWith('/profile')) {
          await expect(page.getByRole('button', { name: email })).toBeVisible();
          await expect(page.locator('[data-connection="live"]')).toBeVisible();
        }
        attempts.length = 0;
        if (!isOurs) continue;
        const links = await page
          .getByRole('link')
          .evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
        expect
          .soft(
            links.filter((link) => NOT_FOR[role].test(link)),
            `links on ${path}`,
          )
          .toEqual([]);
        // What is their own they may end, which would end the walk; and an invitation is somebody else's.
        if (role === 'viewer' && !/^\/(profile|invitation)\b/.test(path)) await pressEverything(page, path);
        expect.soft(attempts, `attempts on ${path}`).toEqual([]);
      }
    });

    test('refused at every door of the pages, and it is on record', async ({ context, server, adminRequest }) => {
      const email = await signInAs(role, { server, admin: adminRequest, request: context.request });
      const { url } = server;
      const input = { hostId: 'f0000000-0000-4000-8000-000000000000', userId: 'f0000000-0000-4000-8000-000000000000' };
      const changes = [
        'users.invite',
        'users.update',
        'users.delete',
        'users.unlock',
        'users.deactivate',
        'users.renewLink',
        'users.signOutEverywhere',
      ];
      if (role !== 'operator')
        changes.push(
          'hosts.approve',
          'hosts.revoke',
          'hosts.delete',
          'hosts.update',
          'hosts.rotateCertificate',
          'enrolmentTokens.create',
        );

      for (const procedure of changes) {
        const answer = await context.request.post(`${url}/trpc/${procedure}`, {
          data: input,
          headers: { origin: url },
        });
        const { error } = (await answer.json()) as { error: { data: { appCode: string; requestId: string } } };
        expect.soft([answer.status(), error.data.appCode], procedure).toEqual([403, 'auth.forbidden']);
      }
      for (const format of ['csv', 'jsonl']) {
        const answer = await context.request.get(`${url}/audit/export?format=${format}`);
        expect(answer.status()).toBe(403);
        expect(await answer.json()).toMatchObject({ code: 'auth.forbidden' });
      }
      const form = await context.request.post(`${url}/acts/users.deactivate?userId=${input.userId}`, {
        form: {},
        headers: { origin: url, accept: 'text/html' },
      });
      expect(form.status()).toBe(403);

      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      expect(await askOverSocket(server, cookie, 'mutation', 'users.activate', input)).toBe('auth.forbidden');
      expect(await askOverSocket(server, cookie, 'query', 'audit.list', {})).toBe('auth.forbidden');
      expect(await askOverSocket(server, cookie, 'subscription', 'agents.inbox', {})).toBe('auth.forbidden');
      expect(await askOverSocket(server, cookie, 'subscription', 'live.stream', {}), 'what they may hear').toBeNull();

      const listed = await adminRequest.get(
        `${url}/trpc/audit.list?input=${encodeURIComponent(JSON.stringify({ actor: email, outcome: 'refused' }))}`,
      );
      const { result } = (await listed.json()) as {
        result: { data: { records: { action: string; code: string; address: string }[] } };
      };
      const recorded = result.data.records.map(({ action }) => action);
      const named = [...changes, 'users.activate', 'audit.list', 'audit.export'].map((procedure) =>
        procedure.replace(/^(\w+?)s\./, '$1.'),
      );
      expect(recorded.sort()).toEqual(named.sort());
      for (const record of result.data.records)
        expect(record).toMatchObject({ code: 'auth.forbidden', address: '127.0.0.1' });
    });
  });
}
