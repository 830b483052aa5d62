import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { APIResponse } from '@playwright/test';
import { craftAgent } from '../crafted-agent';
import { expect, test } from '../fixtures';

test.use({ shares: true });

/** In bytes, as it is served: what a page of any kind may make a browser load of script before it works. */
const BUDGET = 200_000;

const CLIENT = join(import.meta.dirname, '../../build/app/client');

/** As Remix writes it into the build for browsers. `imports` of an entry are all that its module needs. */
interface Manifest {
  entry: Entry;
  routes: Record<string, Entry & { parentId?: string }>;
  url: string;
}
interface Entry {
  module: string;
  imports?: string[];
}

function readManifest(): Manifest {
  const file = readdirSync(join(CLIENT, 'assets')).find((name) => /^manifest-.*\.js$/.test(name))!;
  const text = readFileSync(join(CLIENT, 'assets', file), 'utf8');
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Manifest;
}

/** How large a script is on the wire. One too small for a copy has none. */
function servedBytes(url: string): number {
  const path = join(CLIENT, url.split('?')[0]!);
  return statSync(`${path}.br`, { throwIfNoEntry: false })?.size ?? statSync(path).size;
}

test('no page makes a browser load more than 200 kB of script before it works', () => {
  const { entry, routes, url } = readManifest();
  const weights = Object.entries(routes).map(([id, route]) => {
    const loaded = new Set([url, entry.module, ...(entry.imports ?? [])]);
    for (let one: typeof route | undefined = route; one; one = routes[one.parentId ?? '']) {
      for (const script of [one.module, ...(one.imports ?? [])]) loaded.add(script);
    }
    return { id, bytes: [...loaded].reduce((sum, script) => sum + servedBytes(script), 0) };
  });
  expect(weights.length).toBeGreaterThan(15);
  // Less than this would be another file than we think.
  for (const { bytes } of weights) expect(bytes).toBeGreaterThan(50_000);
  expect(weights.filter(({ bytes }) => bytes > BUDGET)).toEqual([]);
});

test('the page of a host, which loads most, is served so', async ({ page, server, admin: _ }) => {
  const { hostId } = await craftAgent(server, { fqdn: 'weight.example.com' });
  await page.goto(`/hosts/${hostId}`);
  // What the page names itself. What it loads when it works already, as the lines of its charts, is not waited for.
  const named = new Set((await (await page.request.get(`/hosts/${hostId}`)).text()).match(/\/assets\/[\w.-]+\.js/g));
  const scripts = await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return entries.map(({ name, encodedBodySize, decodedBodySize }) => ({
      path: new URL(name).pathname,
      encodedBodySize,
      decodedBodySize,
    }));
  });
  const first = scripts.filter(({ path }) => named.has(path));
  const loaded = first.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  expect(first.length).toBe(named.size);
  expect(loaded).toBeLessThan(BUDGET);
  // They came compressed: nothing else makes the budget.
  expect(loaded).toBeLessThan(first.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0) / 2);
});

test('a page loads a part of its language', async ({ context, server, admin: _ }) => {
  const { hostId } = await craftAgent(server, { fqdn: 'words.example.com' });
  const words = async (path: string, language: string) => {
    const page = await (await context.request.get(`${server.url}${path}?lng=${language}`)).text();
    const files = new Set(page.match(/\/locales\/[\w/-]+\.json/g));
    return [...files].reduce((sum, file) => sum + servedBytes(file), 0);
  };
  for (const folder of readdirSync(join(CLIENT, 'locales'))) {
    const language = folder.replace('_', '-');
    const all = readdirSync(join(CLIENT, 'locales', folder)).filter((name) => name.endsWith('.json'));
    const whole = all.reduce((sum, name) => sum + servedBytes(`/locales/${folder}/${name}`), 0);
    // The commands of a host have most words, a page before sign-in the fewest.
    const [most, least] = [await words(`/hosts/${hostId}/commands`, language), await words('/invitation', language)];
    expect.soft(most / whole, language).toBeLessThan(2 / 3);
    expect.soft(least / whole, language).toBeLessThan(1 / 3);
    expect.soft(least, language).toBeGreaterThan(3_000);
    expect.soft(most, language).toBeGreaterThan(2 * least);
  }
});

test('a page and its data go out compressed to our own pages, and plain where another site caused it', async ({
  context,
  server,
  admin: _,
}) => {
  const encodingOf = (answer: APIResponse) => answer.headers()['content-encoding'];
  for (const path of ['/hosts', '/hosts.data', '/certificates.data']) {
    const ask = (site: string) =>
      context.request.get(server.url + path, {
        headers: { 'sec-fetch-site': site, 'accept-encoding': 'gzip, deflate, br' },
      });
    const own = await ask('same-origin');
    expect.soft([own.status(), encodingOf(own), own.headers().vary], path).toEqual([200, 'gzip', 'Accept-Encoding']);
    const foreign = await ask('cross-site');
    expect.soft([foreign.status(), encodingOf(foreign)], path).toEqual([200, undefined]);
    // It is whole: what is read of it is as long as what came plain, but for the nonce, the time and the request's
    // number.
    expect.soft(Math.abs((await own.body()).length - (await foreign.body()).length), path).toBeLessThan(200);
  }
});
