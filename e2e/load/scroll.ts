/**
 * How many frames a second a browser draws while somebody scrolls through the list of hosts.
 * `node --import tsx e2e/load/scroll.ts [HOSTS] [SECONDS]` prints JSON, after `npm run build`. PostgreSQL, filled by
 * SQL.
 *
 * `reading`: 2,000 pixels a second, some 35 rows, from the top, for so many seconds. `flinging`: 20,000 pixels a
 * second, likewise. `all`: a screen a frame, however long the rows take to be read, for twelve times as many seconds or
 * down to the last host; then back to the top in one jump. `bare` is the ceiling: as fast over an empty page. Frames
 * are counted where scripts are told of them; `slow` is the share of the time that went into frames of more than 20 ms.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../db/open-database';
import { startTestPostgresql } from '../../db/testing-postgresql';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the same hosts that its tests have
import { seedManyHosts } from '../../server/hosts/testing';
import { findBrowser } from '../browser';
import { call } from '../people';
import { ADMIN, ADMIN_ENVIRONMENT, startServer } from '../start-server';
import { describeMachine } from './measure/describe-machine';

const HOSTS = Number(process.argv[2] ?? 100_000);
const SECONDS = Number(process.argv[3] ?? 10);
const WANTED = { framesPerSecond: 50 };

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  const server = await startServer({ dataDir: folder, env: { ...ADMIN_ENVIRONMENT, DATABASE_URL: postgresql.url } });
  stops.push(() => server.stop());
  const database = await openDatabase({ url: postgresql.url, directory: folder });
  await seedManyHosts(database.db, HOSTS);
  // Or the database plans as if the tables were empty.
  await database.db.execute(sql`vacuum analyze`);
  await database.close();
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    // The sandbox needs rights that root gives up.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  stops.push(() => browser.close());
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  await call(context.request, server, 'users.signIn', ADMIN);
  const page = await context.newPage();

  async function openList() {
    // Rejected hosts and the like are in it; those that wait stand above it.
    await page.goto('/hosts');
    await page.locator('[data-connection="live"]').waitFor();
  }
  await openList();
  const reading = await scroll(page, { perSecond: 2_000, seconds: SECONDS });
  await openList();
  const flinging = await scroll(page, { perSecond: 20_000, seconds: SECONDS });
  await openList();
  const all = await scroll(page, { perSecond: Infinity, seconds: 12 * SECONDS });
  const back = await page.evaluate(async () => {
    const begun = performance.now();
    scrollTo(0, 0);
    while (!document.querySelector('tr[aria-rowindex="2"]')) await new Promise(requestAnimationFrame);
    return Math.round(performance.now() - begun);
  });
  await page.goto('about:blank');
  await page.setContent('<div style="height: 1000000px"></div>');
  const bare = await scroll(page, { perSecond: 20_000, seconds: SECONDS });
  const results = { reading, flinging, all: { ...all, backMs: back }, bare };
  const what = { hosts: HOSTS, seconds: SECONDS, wanted: WANTED };
  console.log(JSON.stringify({ benchmark: 'scroll', machine: describeMachine(), ...what, results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/**
 * Scrolls down by so many pixels a second, by a screen a frame at most, and counts frames until the end or the time.
 */
async function scroll(page: Page, { perSecond, seconds }: { perSecond: number; seconds: number }) {
  return page.evaluate(
    async ({ perSecond, seconds }) => {
      const times: number[] = [];
      let [mostRows, lastRow, atEndSince] = [0, 0, 0];
      const begun = await new Promise<number>(requestAnimationFrame);
      for (let now = begun; now - begun < seconds * 1000;) {
        const next = await new Promise<number>(requestAnimationFrame);
        times.push(next - now);
        scrollBy(0, Math.min(innerHeight, (perSecond * (next - now)) / 1000));
        now = next;
        const rows = document.querySelectorAll('tr[aria-rowindex]');
        mostRows = Math.max(mostRows, rows.length);
        lastRow = Math.max(lastRow, Number(rows[rows.length - 1]?.getAttribute('aria-rowindex') ?? 0) - 1);
        const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
        if (!isAtEnd || document.querySelector('[data-loading]')) atEndSince = now;
        // Nothing more came while nothing was on its way.
        if (now - atEndSince > 3_000) break;
      }
      const ms = times.reduce((sum, one) => sum + one, 0);
      const slow = times.filter((one) => one > 20).reduce((sum, one) => sum + one, 0);
      const { usedJSHeapSize } = (performance as unknown as { memory: { usedJSHeapSize: number } }).memory;
      return {
        ...{ seconds: Math.round(ms / 100) / 10, framesPerSecond: Math.round((times.length / ms) * 10_000) / 10 },
        ...{ slow: Math.round((slow / ms) * 1000) / 1000, longestMs: Math.round(Math.max(...times)) },
        ...{ lastRow, mostRowsDrawn: mostRows, heapMiB: Math.round(usedJSHeapSize / 2 ** 20) },
      };
    },
    { perSecond, seconds },
  );
}
