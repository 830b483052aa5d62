import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeStateFolder, recordLog } from '../testing';
import { Keeper } from '../state/keeper';
import { describeHop, type Way, Ways } from './ways';

const addresses = (...names: string[]) => names.map((name) => new URL(`https://${name}.test:6443`));
const proxy = { host: 'proxy.test', port: 3128, authorization: 'Basic aHVzaA==' };
const former = { host: 'former.test', port: 3128 };

function makeFolder() {
  const folder = makeStateFolder();
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}
const waysIn = (folder: string, withoutMs = 0) => new Ways(folder, new Keeper(recordLog().log), withoutMs);
const told = (ways: Ways, way: Way, lock: string[] = []) => ways.others({ ...way, lock }).map(describeHop);

it('knows the way without the proxy, and those of before, newest first and each once, also after a restart', () => {
  const folder = makeFolder();
  const ways = waysIn(folder);
  const now = { addresses: addresses('a', 'b'), proxy };
  expect(told(ways, now)).toEqual(['a.test:6443 without a proxy', 'b.test:6443 without a proxy']);
  expect(told(ways, { ...now, proxy: null })).toEqual([]);
  for (const name of ['far', 'c', 'd', 'c']) ways.left({ addresses: addresses(name), proxy: former });
  ways.left({ addresses: addresses('a'), proxy: null });
  const all = ['a.test:6443 without a proxy', 'b.test:6443 without a proxy'];
  all.push(...['c', 'd'].map((name) => `${name}.test:6443 through the proxy former.test:3128`));
  expect(told(ways, now)).toEqual(all);
  expect(told(waysIn(folder), now)).toEqual(all);
  expect(all.join()).not.toContain('aHVzaA');
});

it('leaves to the owner of the machine what the owner has decided', () => {
  const ways = waysIn(makeFolder());
  const now = { addresses: addresses('a'), proxy };
  ways.left({ addresses: addresses('b'), proxy: former });
  expect(told(ways, now, ['server.proxy'])).toEqual(['b.test:6443 through the proxy proxy.test:3128']);
  expect(told(ways, now, ['server.addresses'])).toEqual([
    'a.test:6443 without a proxy',
    'a.test:6443 through the proxy former.test:3128',
  ]);
  expect(told(ways, now, ['server.addresses', 'server.proxy'])).toEqual([]);
});

it('has none before the server was away for long', () => {
  const ways = waysIn(makeFolder(), 3_600_000);
  expect(told(ways, { addresses: addresses('a'), proxy })).toEqual([]);
});

it('keeps no password of a former proxy, and tells it to none but the configured one', () => {
  const folder = makeFolder();
  const path = join(folder, 'ways.json');
  const way = { addresses: addresses('b'), proxy };
  const ways = waysIn(folder);
  ways.left(way);
  const hop = { server: way.addresses[0], proxy: { host: proxy.host, port: proxy.port } };
  const now = { addresses: addresses('a'), proxy: null, lock: [] };
  for (const one of [ways, waysIn(folder)]) {
    expect(one.others(now)).toEqual([hop]);
    // Another address behind the proxy that is configured, by the password that it has now.
    const changed = { ...proxy, authorization: 'Basic bmV3' };
    expect(one.others({ ...now, proxy: changed })).toContainEqual({ ...hop, proxy: changed });
    expect(one.others({ ...now, proxy: { ...changed, port: 1 } })).toContainEqual(hop);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).not.toContain('aHVzaA');
  // As an agent wrote it before.
  writeFileSync(path, JSON.stringify([{ addresses: ['https://b.test:6443'], proxy }]));
  expect(waysIn(folder).others(now)[0]?.proxy).toEqual(hop.proxy);
});

it('does without a file that means nothing', () => {
  const folder = makeFolder();
  const path = join(folder, 'ways.json');
  const now = { addresses: addresses('a'), proxy: null };
  waysIn(folder).left({ addresses: addresses('b'), proxy });
  for (const damaged of ['', '{}', readFileSync(path, 'utf8').replace('https:', 'gopher:')]) {
    writeFileSync(path, damaged);
    expect(told(waysIn(folder), now)).toEqual([]);
  }
});

it('waits twice as long after each return that has not led to the server, for a day at most', () => {
  const ways = waysIn(makeFolder(), 300_000);
  const waits = Array.from({ length: 11 }, () => {
    const { returnMs } = ways;
    ways.returned();
    return returnMs / 60_000;
  });
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  ways.lost();
  expect(ways.returnMs).toBe(300_000);
});
