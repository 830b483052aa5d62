import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listen } from '../testing';
import { startProxy } from '../testing-proxy';
import { openTunnel, parseProxyAddress, proxyOf } from './proxy';

it.each([
  ['http://proxy.test:3128', { host: 'proxy.test', port: 3128 }],
  ['http://proxy.test', { host: 'proxy.test', port: 80 }],
  ['http://[::1]:3128/', { host: '::1', port: 3128 }],
])('reads %s', (text, address) => {
  expect(parseProxyAddress(text)).toEqual(address);
});

it.each([
  ['proxy', 'is not an address'],
  ['https://proxy.test:3128', 'does not start with http://'],
  ['socks5://proxy.test', 'does not start with http://'],
  ['http://proxy.test/pac', 'more than a host and a port'],
  ['http://agents:hush@proxy.test', 'proxy_user and proxy_password'],
])('refuses %s and repeats nothing of it', (text, why) => {
  expect(() => parseProxyAddress(text)).toThrow(why);
  expect(() => parseProxyAddress(text)).not.toThrow('hush');
});

it('has what a proxy asks for', () => {
  expect(proxyOf({})).toBeNull();
  expect(proxyOf({ server: { proxy: 'http://proxy.test:3128' } })).toEqual({ host: 'proxy.test', port: 3128 });
  const server = { proxy: 'http://proxy.test:3128', proxy_user: 'agents', proxy_password: 'hush' };
  expect(proxyOf({ server })).toMatchObject({ authorization: 'Basic YWdlbnRzOmh1c2g=' });
});

/** A machine that says its name to whoever connects, before it is said anything. */
async function greeter() {
  const server = createServer((socket) => socket.end('hello'));
  return { host: '127.0.0.1', port: await listen(server) };
}

it('opens a tunnel, and says nothing in it', async () => {
  const proxy = await startProxy('agents:hush');
  const to = await greeter();
  const wanted = proxyOf({ server: { proxy: proxy.url, proxy_user: 'agents', proxy_password: 'hush' } })!;
  const socket = await openTunnel(wanted, to);
  const [said] = (await once(socket, 'data')) as [Buffer];
  expect(said.toString()).toBe('hello');
  expect(proxy.targets).toEqual([`127.0.0.1:${to.port}`]);
});

it('says what is wrong with a proxy, by its name, and not its password', async () => {
  const asking = await startProxy('agents:hush');
  const gone = await startProxy();
  await gone.stop();
  for (const [server, why] of [
    [
      { proxy: asking.url, proxy_user: 'agents', proxy_password: 'wrong' },
      /^the proxy 127\.0\.0\.1:\d+ answers with HTTP status 407$/,
    ],
    [{ proxy: gone.url }, /^the proxy 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/],
  ] as const) {
    await expect(openTunnel(proxyOf({ server })!, await greeter())).rejects.toThrow(why);
  }
});
