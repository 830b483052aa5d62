import type { Page } from '@playwright/test';
import { fillServer, PUBLIC_PAGES } from '../every-page';
import { expect, test } from '../fixtures';
import { CLOSE, englishTexts, OPEN, pseudoWords, type Tree } from './pseudo-words';

test('a language is chosen where one is, nothing typed is lost, and the account keeps it', async ({
  page,
  server,
  administrator: _,
}) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByRole('button', { name: 'Language: English' }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('button', { name: 'Anmelden' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByLabel('E-Mail')).toHaveValue('admin@example.com');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Anmelden' })).toBeVisible();
  expect(server.output()).not.toContain('error');
});

test('whose language reads from right to left, has the page so', async ({ page, admin: _ }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Language: English' }).click();
  const saved = page.waitForResponse((answer) => answer.url().includes('profile.update'));
  await page.getByRole('menuitemradio', { name: 'العربية' }).click();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  expect((await saved).status()).toBe(200);
  const rail = page.getByRole('navigation').first();
  const [box, width] = [await rail.boundingBox(), page.viewportSize()!.width];
  expect(box!.x).toBeGreaterThan(width / 2);
  // The account has it: another browser of theirs would, too.
  await page.context().clearCookies({ name: 'language' });
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
});

test('of two choices within a moment the account has the last, and one that it does not have is said', async ({
  page,
  server,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/status of 429/);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(/profile\.update/, async (route) => {
    await held;
    await route.continue();
  });
  const html = page.locator('html');
  const choose = async (now: string, name: string) => {
    await page.getByRole('button', { name: now }).click();
    await page.getByRole('menuitemradio', { name }).click();
  };
  await page.goto('/');
  await choose('Language: English', 'Deutsch');
  await expect(html).toHaveAttribute('lang', 'de');
  await choose('Sprache: Deutsch', 'français');
  await expect(html).toHaveAttribute('lang', 'fr');
  await page.context().clearCookies({ name: 'language' });
  letGo();
  const ofAccount = async () => (await page.request.get('/profile')).headers()['content-language'];
  await expect.poll(ofAccount).toBe('fr');

  // As many changes as one person makes in a minute.
  const data = { name: 'Ada' };
  const change = () => page.request.post('/trpc/profile.update', { data, headers: { origin: server.url } });
  await expect.poll(async () => (await Promise.all(Array.from({ length: 40 }, change))).at(-1)!.status()).toBe(429);
  await choose('Langue', 'English');
  await expect(html).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('status').filter({ hasText: 'Too many changes in a short time.' })).toBeVisible();
});

/** The words that a page asks for, as `de/hosts`, in the order of the alphabet. Takes them off the list. */
function watchWords(page: Page): () => string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const [, file] = /\/locales\/(\w+\/\w+)-\w+\.json$/.exec(request.url()) ?? [];
    // A file that was loaded ahead is asked for again by the script, which then has it.
    if (file && !asked.includes(file)) asked.push(file);
  });
  return () => asked.splice(0).sort();
}

test('each page loads the words that it needs, once, and another language those of the page', async ({
  page,
  admin: _,
}) => {
  const newWords = watchWords(page);
  const onPage = (heading: string) => expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
  await page.goto('/users');
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
  expect(newWords()).toEqual(['en/every', 'en/people']);
  // By the keyboard, which points at nothing.
  await page.getByRole('link', { name: 'Commands' }).press('Enter');
  await onPage('Commands');
  expect(newWords()).toEqual(['en/commands', 'en/machine']);
  await page.goBack();
  await onPage('Users');
  await page.getByRole('button', { name: 'Language: English' }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await onPage('Benutzer');
  expect(newWords()).toEqual(['de/every', 'de/people']);
  await page.goForward();
  await onPage('Befehle');
  expect(newWords()).toEqual(['de/commands', 'de/machine']);
});

test('where words do not come, the page says so or stays as it was sent, and goes on when they do', async ({
  page,
  admin: _,
  expectComplaint,
}) => {
  expectComplaint(/net::ERR_FAILED|status of 503|there are no words for/);
  let isCut = true;
  await page.route('**/locales/de/*.json', (route) => (isCut ? route.fulfill({ status: 503 }) : route.continue()));
  const opened = page.goto('/users?lng=de');
  const users = page.getByRole('heading', { name: 'Benutzer', level: 1 });
  await expect(users).toBeVisible();
  isCut = false;
  await opened;
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
  await expect(users).toBeVisible();

  isCut = true;
  await page.getByRole('link', { name: 'Befehle' }).click();
  await expect(page).toHaveURL(/\/commands$/);
  const again = page.getByRole('main').getByRole('button', { name: 'Erneut versuchen' });
  await expect(again).toBeVisible();
  // What is around the page is still there, and works.
  await page.getByRole('link', { name: 'Benutzer' }).click();
  await expect(users).toBeVisible();
  await page.getByRole('link', { name: 'Befehle' }).click();
  await expect(again).toBeVisible();
  isCut = false;
  await again.click();
  await expect(page.getByRole('heading', { name: 'Befehle', level: 1 })).toBeVisible();
});

/** What is wrong on a page in words that no language has. */
function findFaults([open, close, names, english]: [string, string, string, string[]]): string[] {
  const faults: string[] = [];
  const known = new Set(english);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const isBeyond = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      return right > clientWidth + 1 || left < -1;
    };
    const isHeld = (element: Element): boolean =>
      element.parentElement !== null &&
      (getComputedStyle(element.parentElement).overflowX !== 'visible' || isHeld(element.parentElement));
    const beyond = [...document.querySelectorAll('main *')].filter((element) => isBeyond(element) && !isHeld(element));
    const inmost = beyond.filter((element) => ![...element.children].some(isBeyond));
    faults.push(`wider than its window: ${inmost.map(({ outerHTML }) => outerHTML.slice(0, 160)).join(' ')}`);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [aria-description]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'aria-description'])
      if (known.has(element.getAttribute(name) ?? '')) faults.push(`English ${name}: ${element.getAttribute(name)}`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  // What lies above the page covers what is below it, and nothing of its own.
  const layerOf = (element: Element): Element =>
    element === document.body || /fixed|sticky|absolute/.test(getComputedStyle(element).position)
      ? element
      : layerOf(element.parentElement!);
  const shown: { rect: DOMRect; text: string; element: Element; layer: Element }[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent!.trim();
    const element = node.parentElement!;
    if (!text || element.closest('script, style, noscript') || !element.checkVisibility()) continue;
    if (known.has(text) && !element.closest('bdi, code, pre, option, [translate=no]')) faults.push(`English: ${text}`);
    // Whatever is a word and was not looked up; what `Intl` writes is in the language whose place these words take.
    const isOurs = element.closest('bdi, code, pre, time, .mono, option, [translate=no], [lang]:not(html)') === null;
    const isLookedUp = text.includes(open) || text.includes(close);
    if (isOurs && !isLookedUp && /\p{L}{4}/u.test(text) && !new RegExp(names, 'iu').test(text))
      faults.push(
        `not looked up: ${text.slice(0, 60)} in <${element.tagName.toLowerCase()} class="${element.className}">`,
      );
    if (!text.includes(open)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rect = range.getBoundingClientRect();
    // The trail is cut on a phone; its last part is the heading below.
    let isRead = element.closest('header nav') === null;
    for (let around: Element | null = element; around; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      const box = around.getBoundingClientRect();
      // For screen readers alone.
      if (box.width <= 1) isRead = false;
      if (overflowX === 'auto' || overflowX === 'scroll' || overflowY === 'auto' || overflowY === 'scroll') break;
      if (isRead && overflowX !== 'visible' && (rect.right > box.right + 1 || rect.left < box.left - 1))
        faults.push(`clipped: ${text.slice(0, 60)}`);
    }
    if (isRead && rect.width > 0) shown.push({ rect, text, element, layer: layerOf(element) });
  }
  for (const [i, one] of shown.entries())
    for (const other of shown.slice(i + 1)) {
      if (one.layer !== other.layer) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      if (across > 2 && down > 4) faults.push(`overlapping: ${one.text.slice(0, 40)} and ${other.text.slice(0, 40)}`);
    }
  return faults;
}

/** What is a name, and in no language: of machines, people, products and their versions. */
const NAMES =
  'example\\.com|somebody|sysmanage|linux|windows|macos|bsd|a-rather-long|operating system|fleet with quite';
const asked: Parameters<typeof findFaults>[0] = [OPEN, CLOSE, NAMES, englishTexts];

interface Router {
  navigate: (path: string) => Promise<void>;
}

/** As a click on a link does: the page stays, and with it the words that it has. */
const goTo = (page: Page, path: string) =>
  page.evaluate((to) => (window as unknown as { __remixRouter: Router }).__remixRouter.navigate(to), path);

for (const [language, name, direction] of [
  ['de', 'Deutsch', 'ltr'],
  ['ar', 'العربية', 'rtl'],
] as const) {
  test(`in words longer by 60 %, ${direction}, nothing is cut off, covered, untranslated or too wide`, async ({
    page,
    context,
    server,
    admin: _,
    expectComplaint,
  }) => {
    test.slow();
    expectComplaint(/status of 40[04]|preloaded using link preload/);
    const { pages, lost, hangUp } = await fillServer(
      server,
      (hostId) =>
        context.request.post(`${server.url}/trpc/hosts.approve`, { data: { hostId }, headers: { origin: server.url } }),
      context.request,
    );
    // Files of the same words have the same name in all languages.
    await page.route(`**/locales/${language}/*.json`, async (route) => {
      const english = await route.fetch({ url: route.request().url().replace(`/${language}/`, '/en/') });
      await route.fulfill({ json: pseudoWords((await english.json()) as Tree, language) });
    });
    const judge = async (what: string) => {
      for (const width of [320, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        expect.soft(await page.evaluate(findFaults, asked), `${what} ${width}`).toEqual([]);
      }
    };
    const walk = async (paths: readonly string[]) => {
      for (const path of paths) {
        await goTo(page, path);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await judge(path);
      }
    };
    const choose = async (from: string) => {
      await page.goto(from);
      await page.getByRole('button', { name: 'Language: English' }).click();
      await page.getByRole('menuitemradio', { name }).click();
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
    };
    await choose('/');
    await walk([...pages, ...lost]);
    await goTo(page, '/health');
    await page.getByRole('button', { name: `${OPEN}Ádd á rúlé` }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await judge('a dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await judge('a menu');
    await page.keyboard.press('Escape');
    await hangUp();
    await context.clearCookies();
    await choose('/sign-in');
    await walk(PUBLIC_PAGES);
    await goTo(page, '/sign-in');
    await page
      .getByRole('button', { name: new RegExp(`^${OPEN}`) })
      .last()
      .click();
    await expect(page.getByRole('alert')).toBeVisible();
    await judge('a form that is refused');
  });
}

test.describe('before there is an administrator', () => {
  test.use({ administrator: false });

  test('the first page speaks every language, each by its own name, and is in none untranslated', async ({
    page,
    server,
  }) => {
    await page.route('**/locales/de/*.json', async (route) => {
      const english = await route.fetch({ url: route.request().url().replace('/de/', '/en/') });
      await route.fulfill({ json: pseudoWords((await english.json()) as Tree, 'de') });
    });
    await page.goto(await server.setupUrl());
    await page.getByRole('button', { name: 'Language: English' }).click();
    await expect(page.getByRole('menuitemradio')).toHaveText([
      ...['English', 'العربية', 'Deutsch', 'español', 'français', 'हिन्दी', 'italiano', '日本語', '한국어'],
      ...['Nederlands', 'português', 'русский', '简体中文', '繁體中文'],
    ]);
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    for (const width of [320, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      expect.soft(await page.evaluate(findFaults, asked), `${width}`).toEqual([]);
    }
  });
});
