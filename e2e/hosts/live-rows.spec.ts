import type { Page } from '@playwright/test';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ shares: true });

test('what changes of one host renders its row and no other, over one stream for all pages', async ({
  page,
  server,
  startAgent,
  admin: _,
}) => {
  for (const name of ['a', 'b', 'c']) {
    const { hostId } = await craftAgent(server, { fqdn: `${name}.example.com` });
    const call = { data: { hostId }, headers: { origin: server.url } };
    const approved = await page.request.post(`${server.url}/trpc/hosts.approve`, call);
    expect(approved.ok()).toBe(true);
  }
  const agent = await startAgent();
  await agent.printed(/waiting for an administrator/);
  await page.goto('/hosts');
  await page.getByRole('button', { name: /^Approve / }).click();
  const row = page.getByRole('row').filter({ hasText: /Up/ });
  await expect(row).toBeVisible();
  const name = await row.getByRole('link').first().innerText();

  await countRenderedRows(page);
  const opened = countStreams(page);
  await page.goto('/hosts');
  await expect(row).toBeVisible();
  // Measured every second. Once that arrives, the page has settled.
  const start = await renderedRows(page);
  await expect.poll(async () => (await renderedRows(page))[name]).toBeGreaterThan(start[name] ?? 0);
  const { [name]: before, ...others } = await renderedRows(page);
  await expect.poll(async () => (await renderedRows(page))[name]).toBeGreaterThan(before! + 2);
  const { [name]: _after, ...same } = await renderedRows(page);
  expect(Object.keys(others).sort()).toEqual(['a.example.com', 'b.example.com', 'c.example.com']);
  expect(same).toEqual(others);

  await test.step('another page watches other things on the same stream', async () => {
    await page.getByRole('link', { name: 'Dashboard' }).first().click();
    await expect(page.getByRole('navigation', { name: 'Hosts by state' })).toBeVisible();
    await agent.stop();
    await expect(page.getByRole('table', { name: 'Down' })).toContainText(name);
    expect(opened()).toBe(1);
  });
});

/** Of each row of a table, by its link, how often React has rendered it since the page was loaded. */
const renderedRows = (page: Page) =>
  page.evaluate(() => (window as unknown as { rendered: Record<string, number> }).rendered);

/** What React tells its developer tools after each commit. A row that was not rendered has the props that it had. */
async function countRenderedRows(page: Page) {
  await page.addInitScript(() => {
    interface Fiber {
      type: unknown;
      stateNode: HTMLElement | null;
      memoizedProps: object;
      child: Fiber | null;
      sibling: Fiber | null;
    }
    const rendered: Record<string, number> = {};
    const shown = new WeakMap<HTMLElement, object>();
    function look(fiber: Fiber | null) {
      for (let at = fiber; at; at = at.sibling) {
        const name = at.type === 'tr' && at.stateNode?.querySelector<HTMLElement>('a[data-row]')?.innerText;
        if (name && shown.get(at.stateNode!) !== at.memoizedProps) {
          shown.set(at.stateNode!, at.memoizedProps);
          rendered[name] = (rendered[name] ?? 0) + 1;
        }
        look(at.child);
      }
    }
    const nothing = () => undefined;
    Object.assign(window, {
      rendered,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        ...{ supportsFiber: true, renderers: new Map(), inject: () => 1, checkDCE: nothing },
        ...{ onCommitFiberUnmount: nothing, onPostCommitFiberRoot: nothing, onScheduleFiberRoot: nothing },
        onCommitFiberRoot: (_id: number, root: { current: Fiber }) => look(root.current),
      },
    });
  });
}

/** How many streams the pages have opened from now on. */
function countStreams(page: Page): () => number {
  let count = 0;
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      count += String(payload).split('"method":"subscription"').length - 1;
    }),
  );
  return () => count;
}
