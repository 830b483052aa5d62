import type { Page } from '@playwright/test';
import { expect, SIGNED_OUT, test as base } from '../fixtures';
import { ADMIN } from '../start-server';
import { startTlsProxy } from './tls-proxy';

/** A proxy that ends TLS in front of the server, as docs/behind-a-proxy.md wants it. */
const test = base.extend<{ front: Awaited<ReturnType<typeof startTlsProxy>> }>({
  front: async ({ server, expectComplaint }, use) => {
    // Over a certificate that nobody signed Chromium now and then gives up a file; what these pages do needs no style.
    expectComplaint(/net::ERR_TOO_MANY_RETRIES .*\.css/);
    const proxy = await startTlsProxy(server, { says: 'everything', upgrades: true });
    await use(proxy);
    await proxy.stop();
  },
});
test.use({ ignoreHTTPSErrors: true });

/** What a browser says of the refusal, and Remix of an answer that it cannot read. */
const REFUSED = /status of 403|SyntaxError/;

async function signIn(page: Page) {
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test.describe('named in trusted_proxies', () => {
  test.use({ serverEnvironment: { SYSMANAGE_TRUSTED_PROXIES: '127.0.0.1' } });

  test('people sign in, with a cookie that stays on HTTPS, and pages are live', async ({
    page,
    context,
    front,
    expectComplaint,
  }) => {
    expectComplaint(SIGNED_OUT);
    const signInFrom = async (path: string) => {
      await page.goto(`${front.url}${path}`);
      await signIn(page);
      await expect(page).toHaveURL(`${front.url}${path}`);
      await expect(page.getByText('Live', { exact: true })).toBeVisible();
    };
    await signInFrom('/hosts');
    // Of a time before the proxy, or planted by whoever may write on the line: over HTTPS it is nobody's.
    const [session] = await context.cookies();
    const plain = { name: session!.name.replace('__Host-', ''), value: session!.value, url: front.url, secure: false };
    await context.clearCookies();
    await context.addCookies([plain]);
    await signInFrom('/hosts');
    const ours = (await context.cookies()).filter(({ name }) => name !== plain.name);
    expect(ours.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^__Host-sysmanage-[0-9a-f]{12}$/),
      expect.stringMatching(/^__Host-sysmanage-device-[0-9a-f]{12}-/),
    ]);
    for (const cookie of ours)
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', domain: 'localhost' });

    // Links name the address that the browser used.
    await page.goto(`${front.url}/users/invite`);
    await page.getByLabel('E-mail', { exact: true }).fill('operator@example.com');
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    const link = page.getByRole('button', { name: /^Copy the link: / });
    await expect(link).toHaveAccessibleName(new RegExp(`^Copy the link: ${front.url}/`));

    await page.getByRole('button', { name: `Account of ${ADMIN.email}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect((await context.cookies()).map(({ name }) => name)).not.toContainEqual(
      expect.stringMatching(/^__Host-sysmanage-[0-9a-f]{12}$/),
    );
  });

  test('one that says nothing of the browser: the page says what it must send', async ({
    page,
    front,
    expectComplaint,
  }) => {
    expectComplaint(REFUSED);
    front.habits.says = 'nothing';
    await page.goto(`${front.url}/sign-in`);
    await signIn(page);
    await expect(page.getByRole('alert')).toContainText(
      'It must send Host (or X-Forwarded-Host) and X-Forwarded-Proto',
    );
    await expect(page.getByLabel('Password')).toHaveValue(ADMIN.password);

    front.habits.says = 'everything';
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
  });

  test('one that lets no WebSocket through: the page says so, and is live once it does', async ({
    page,
    front,
    expectComplaint,
  }) => {
    expectComplaint(/WebSocket connection to .* failed/);
    front.habits.upgrades = false;
    await page.goto(`${front.url}/hosts`);
    await signIn(page);
    const banner = page.getByRole('complementary', { name: 'No live connection' });
    await expect(banner).toContainText('It must pass on upgrades of /trpc', { timeout: 40_000 });
    await expect(page.getByText('Not live', { exact: true })).toBeVisible();

    front.habits.upgrades = true;
    await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(banner).toBeHidden();
  });
});

test.describe('not named in trusted_proxies', () => {
  test.use({ shares: true });

  test('by its own name for the server: the page says what to do, and nothing of the network', async ({
    page,
    front,
    server,
    expectComplaint,
  }) => {
    expectComplaint(REFUSED);
    front.habits.says = 'nothing';
    await page.goto(`${front.url}/sign-in`);
    await signIn(page);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('name its address in the setting trusted_proxies');
    await expect(alert).not.toContainText('network');
    await expect.poll(() => server.output()).toContain('name it in trusted_proxies');
  });

  test('by the name that the browser used: likewise', async ({ page, front, expectComplaint }) => {
    expectComplaint(REFUSED);
    await page.goto(`${front.url}/sign-in`);
    await signIn(page);
    await expect(page.getByRole('alert')).toContainText('a proxy that the setting trusted_proxies does not name');
  });

  test.describe('without script', () => {
    test.use({ javaScriptEnabled: false });

    test('the answer itself says it', async ({ page, front, expectComplaint }) => {
      expectComplaint(REFUSED);
      // A bare text names no icon, so the browser asks for the usual one.
      expectComplaint(/favicon\.ico/);
      await page.goto(`${front.url}/sign-in`);
      await signIn(page);
      await expect(page.locator('body')).toContainText('a proxy that the setting trusted_proxies does not name');
    });
  });
});
