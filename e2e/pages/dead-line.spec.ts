import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';
import { startSwallowingProxy } from './swallowing-proxy';

test('a line that swallows all bytes is not called live for 15 s, and the page comes back by itself', async ({
  page,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/WebSocket connection to .* failed|WebSocket is (already in CLOSING|closed before)|net::ERR_/);
  const proxy = await startSwallowingProxy(server);
  await page.clock.install();
  await page.goto(`${proxy.url}/hosts`);
  const connection = page.locator('[data-connection]');
  await expect(connection).toHaveAttribute('data-connection', 'live');

  // By the page's own clock, which is wound on: the browser itself gives the socket up only after a minute of real
  // time.
  const died = await page.evaluate(() => {
    const sign = document.querySelector('[data-connection]')!;
    new MutationObserver(() => (document.title = String(Date.now()))).observe(sign, {
      attributeFilter: ['data-connection'],
    });
    return Date.now();
  });
  proxy.die();
  await page.clock.runFor(14_000);
  await expect(connection).toHaveAttribute('data-connection', 'reconnecting');
  expect(Number(await page.title()) - died).toBeLessThan(15_000);
  const agent = await craftAgent(server, { fqdn: 'missed.example.com' });

  // The next try goes into the void, too, and must not be waited for until the browser gives it up.
  await page.clock.runFor(5_000);
  await expect(connection).toHaveAttribute('data-connection', 'reconnecting');
  proxy.revive();
  await page.clock.runFor(15_000);
  await expect(connection).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
  await expect(page.getByRole('row').filter({ hasText: agent.fqdn })).toContainText('Pending');
  await proxy.stop();
});
