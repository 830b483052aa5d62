import { craftAgent } from './crafted-agent';
import type { Server } from './start-server';

/** A name as long as names get: what is too wide breaks here first. */
const LONG = `${'a-rather-long-label-'.repeat(3)}x.${'b'.repeat(60)}.example.com`;

/** Machines in several states, and the address of every page a signed-in administrator has. Hang up with the result. */
export async function fillServer(server: Server, approve: (hostId: string) => Promise<unknown>) {
  const up = await craftAgent(server, { fqdn: 'up.example.com' });
  const down = await craftAgent(server, { fqdn: LONG, osName: 'An operating system with quite a long name, Server Edition' });
  await approve(up.hostId);
  await approve(down.hostId);
  const hangUp = await up.connect();
  await (await down.connect())();
  const pending = await craftAgent(server, { fqdn: 'pending.example.com', addresses: ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', '192.0.2.8'] });
  const conflict = await craftAgent(server, { fqdn: up.fqdn });
  const cloned = await craftAgent(server, { fqdn: 'cloned.example.com' });
  await approve(cloned.hostId);
  const hangUpCloned = [await cloned.connect(), await cloned.connect({ addresses: ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:fffe'] })];
  const hosts = [up, down, pending, conflict, cloned].map(({ hostId }) => `/hosts/${hostId}`);
  return {
    hangUp: () => Promise.all([hangUp, ...hangUpCloned].map((hang) => hang())),
    pages: [
      ...['/', '/enrolment', '/hosts', '/hosts?state=down', '/hosts?search=nothing-like-this', ...hosts],
      ...[`${hosts[1]}?tab=certificate`, `${hosts[1]}?tab=events`, '/certificates', '/certificates?show=expired'],
      ...['/audit', '/audit?search=nothing-like-this'],
    ],
    lost: ['/hosts/00000000-0000-0000-0000-000000000000', '/nowhere'],
  };
}
