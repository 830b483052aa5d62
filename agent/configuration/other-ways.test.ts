/** What an agent does when the way to its server dies after it was confirmed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { initTRPC } from '@trpc/server';
import { makeAuthority, makeServerIdentity, startTestServer } from '../testing';
import { startProxy } from '../testing-proxy';
import { connected, hashOf } from './testing-configured';

it('keeps a server whose proxy has died later by the way without it, says so, and is back by the proxy when that is', async () => {
  const { state, says, server, folder, until } = await connected({ withoutMs: 300 });
  const proxy = await startProxy();
  state.want(1, { server: { proxy: proxy.url } });
  await says('applied', 1);
  const through = () => state.saidReports.at(-1) as { inForce: string; message?: string };
  await proxy.stop();
  await until('the server is not reached as configured');
  await expect.poll(() => through().message).toContain(`at ${server.url.host} without a proxy`);
  expect(through().message).toContain(`the proxy 127.0.0.1:${proxy.port} cannot be used`);
  expect(through()).toMatchObject({ inForce: hashOf(1), values: { 'server.proxy': proxy.url } });
  await expect.poll(() => state.errors.map(({ message }) => message).join()).toContain('without a proxy');
  // What it has in force is still the proxy.
  expect(readFileSync(join(folder, 'configuration.json'), 'utf8')).toContain(proxy.url);
  const again = await startProxy(undefined, proxy.port);
  await until('the server answers as configured again');
  await expect.poll(() => through().message).toBeUndefined();
  expect(again.targets.length).toBeGreaterThan(1);
});

it('goes back to the former proxy and address when the configured ones have died, also after a restart', async () => {
  const { state, says, startOther, end, start, until } = await connected({ withoutMs: 300 });
  const [former, later] = [await startProxy(), await startProxy()];
  const first = await startOther();
  const second = await startOther();
  state.want(1, { server: { proxy: former.url, addresses: [first.url.origin] } });
  await says('applied', 1);
  state.want(2, { server: { proxy: later.url, addresses: [second.url.origin] } });
  await says('applied', 2);
  await end();
  await later.stop();
  await second.stop();
  const hellos = state.hellos.length;
  void start(undefined, undefined, [second.url]);
  await until(`but at ${first.url.host} through the proxy 127.0.0.1:${former.port}`);
  await state.reported(hellos + 1);
  await expect.poll(() => state.reports.at(-1)).toMatchObject({ inForce: hashOf(2), status: 'applied' });
  // It is still to be had elsewhere: what is wanted next is taken.
  state.want(3, { server: { addresses: [first.url.origin] } });
  expect((await says('applied', 3)).message).toBe('');
});

it('waits longer and longer before it returns to a server that answers and takes no connection', async () => {
  const withoutMs = 400;
  const { says, state, startOther, lines } = await connected({ withoutMs });
  const first = await startOther();
  const door = { refusal: undefined as number | undefined };
  const half = await startOther(() => door.refusal);
  state.want(1, { server: { addresses: [first.url.origin] } });
  await says('applied', 1);
  state.want(2, { server: { addresses: [half.url.origin] } });
  await says('applied', 2);
  door.refusal = 500;
  const began = performance.now();
  for (const socket of half.sockets) socket.terminate();
  const returns = () => lines.filter((line) => line.includes('the server answers as configured again')).length;
  await expect.poll(returns, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  // Never sooner, however busy this machine is: once, twice and four times as long. Timers are a millisecond early.
  expect(performance.now() - began).toBeGreaterThan((1 + 2 + 4) * withoutMs - 10);
});

it('does not go around a proxy that the owner of the machine has decided on', async () => {
  const { state, says, server, start, end, lines } = await connected({ withoutMs: 1, lock: ['server.proxy'] });
  const proxy = await startProxy();
  await end();
  const own = { values: { server: { proxy: proxy.url } }, lock: ['server.proxy'] };
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const hellos = state.hellos.length;
  void start(stop.signal, own);
  await state.reported(hellos + 1);
  state.want(1, { log: { level: 'debug' } });
  await says('applied', 1);
  const met = server.resumed.length;
  await proxy.stop();
  // Long after it would have gone another way.
  const failed = () => lines.filter((line) => line.includes('ECONNREFUSED')).length;
  await expect.poll(failed, { timeout: 20_000 }).toBeGreaterThan(20);
  expect(server.resumed).toHaveLength(met);
});

it('tells nothing to who has taken an address of before and shows another CA', async () => {
  const { state, says, startOther, until } = await connected({ withoutMs: 300 });
  const [former, later] = [await startOther(), await startOther()];
  state.want(1, { server: { addresses: [former.url.origin] } });
  await says('applied', 1);
  state.want(2, { server: { addresses: [later.url.origin] } });
  await says('applied', 2);
  await former.stop();
  const tls = await makeServerIdentity(await makeAuthority());
  const stranger = await startTestServer({ tls, router: initTRPC.create().router({}), port: former.port });
  let met = 0;
  stranger.onConnection(() => met++);
  await later.stop();
  // By the way of before that one: who is no server of ours was only passed by.
  await until('but at localhost');
  expect(met).toBeGreaterThan(0);
  expect(stranger.resumed).toEqual([]);
});
