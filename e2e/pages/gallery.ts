/**
 * Every page × light, dark × en, de, ar, ja × phone, desktop, as pictures in `build/gallery/LANGUAGE/`, and what axe
 * finds on each of them in the language.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findings } from './axe-findings';
import { fillServer, PUBLIC_PAGES } from '../every-page';
import { expect, test } from '../fixtures';

const FOLDER = join(import.meta.dirname, '../../build/gallery');
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };

// A colour that is on its way to another is none that anybody chose.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const nameOf = (path: string) =>
  path
    .replace(/[0-9a-f-]{36}|token=[^&]+/g, 'x')
    .replaceAll(/[^a-z-]+/gi, '_')
    .slice(0, 60) || 'start';

for (const language of ['en', 'de', 'ar', 'ja']) {
  test(language, async ({ page, context, server, admin: _, expectComplaint }) => {
    expectComplaint(/status of 40\d/);
    const folder = join(FOLDER, language);
    await mkdir(folder, { recursive: true });
    const { pages, hangUp } = await fillServer(
      server,
      (hostId) =>
        context.request.post(`${server.url}/trpc/hosts.approve`, { data: { hostId }, headers: { origin: server.url } }),
      context.request,
    );
    const take = async (path: string, index: number) => {
      await page.goto(`${path}${path.includes('?') ? '&' : '?'}lng=${language}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      for (const [name, size] of Object.entries(SIZES)) {
        await page.setViewportSize(size);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const file = `${String(index).padStart(2, '0')}${nameOf(path)}-${name}-${colorScheme}.png`;
          await page.screenshot({ path: join(folder, file), fullPage: true });
          expect.soft(await findings(page), `${path}, ${name}, ${colorScheme}`).toEqual([]);
        }
      }
    };
    for (const [i, path] of pages.entries()) await take(path, i);
    await hangUp();
    await context.clearCookies();
    for (const [i, path] of PUBLIC_PAGES.entries()) await take(path, pages.length + i);
  });
}
