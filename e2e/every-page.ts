import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { APIRequestContext } from '@playwright/test';
import { craftAgent } from './crafted-agent';
import type { Server } from './start-server';

/** A name as long as names get: what is too wide breaks here first. */
const LONG = `${'a-rather-long-label-'.repeat(3)}x.${'b'.repeat(60)}.example.com`;

/** Somebody with long names who is invited, and the addresses of their pages. */
async function inviteSomebody({ url }: Server, request: APIRequestContext): Promise<string[]> {
  const data = {
    email: `${'somebody'.repeat(7)}@example.com`,
    name: 'Somebody With Quite-A-Long-Name '.repeat(3).trim(),
    role: 'operator',
  };
  const answer = await request.post(`${url}/trpc/users.invite`, { data, headers: { origin: url } });
  const { result } = (await answer.json()) as { result: { data: { userId: string; link: { token: string } } } };
  return [`/users/${result.data.userId}`, `/invitation?token=${result.data.link.token}`];
}

/** A fleet, and the address of its page. */
async function makeFleet({ url }: Server, request: APIRequestContext): Promise<string> {
  const data = { name: 'A fleet with quite a long name '.repeat(3).trim(), rule: 'platform = linux' };
  const answer = await request.post(`${url}/trpc/fleets.create`, { data, headers: { origin: url } });
  return `/fleets/${((await answer.json()) as Made).result.data.id}`;
}

/** A job that nobody has started, likewise. */
async function proposeJob({ url }: Server, request: APIRequestContext, hostId: string): Promise<string> {
  const data = { act: { act: 'addTags', tags: ['env:prod'] }, targets: { hostIds: [hostId] } };
  const answer = await request.post(`${url}/trpc/jobs.propose`, { data, headers: { origin: url } });
  return `/jobs/${((await answer.json()) as Made).result.data.id}`;
}

interface Made {
  result: { data: { id: string } };
}

/** Pages that nobody has to sign in for. */
export const PUBLIC_PAGES = ['/sign-in', '/setup', '/invitation?token=none', '/reset-password?token=none'];

/** What the address of each page looks like, by the names of the routes' files (Remix, "Route File Naming"). */
export const pageAddresses = () =>
  readdirSync(join(import.meta.dirname, '../app/routes'))
    .filter((file) => file.endsWith('.tsx'))
    .map((file) =>
      file
        .replace(/\.tsx$/, '')
        .split('.')
        .filter((part) => !/^_/.test(part)),
    )
    .map((parts) => ({
      file: parts.join('.'),
      address: new RegExp(
        `^/${parts.map((part) => (part.startsWith('$') ? '[^/]+' : part.replace(/_$/, ''))).join('/')}$`,
      ),
    }));

/**
 * Machines and users in several states, and the address of every page a signed-in administrator has. Hang up with the
 * result.
 */
export async function fillServer(
  server: Server,
  approve: (hostId: string) => Promise<unknown>,
  request: APIRequestContext,
) {
  const up = await craftAgent(server, { fqdn: 'up.example.com' });
  const down = await craftAgent(server, {
    fqdn: LONG,
    osName: 'An operating system with quite a long name, Server Edition',
  });
  await approve(up.hostId);
  await approve(down.hostId);
  const hangUp = await up.connect();
  await (
    await down.connect()
  )();
  const pending = await craftAgent(server, {
    fqdn: 'pending.example.com',
    addresses: ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', '192.0.2.8'],
  });
  const conflict = await craftAgent(server, { fqdn: up.fqdn });
  const cloned = await craftAgent(server, { fqdn: 'cloned.example.com' });
  await approve(cloned.hostId);
  const hangUpCloned = [
    await cloned.connect(),
    await cloned.connect({ addresses: ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:fffe'] }),
  ];
  // Longer than a phone is wide.
  const parameters = { script: `echo ${'everything '.repeat(20)}` };
  const data = { kind: 'execute_shell', parameters, targets: { all: true } };
  const sent = await request.post(`${server.url}/trpc/commands.send`, { data, headers: { origin: server.url } });
  const { result } = (await sent.json()) as { result: { data: { id: string } } };
  const command = `/commands/${result.data.id}`;
  const hosts = [up, down, pending, conflict, cloned].map(({ hostId }) => `/hosts/${hostId}`);
  const jobs = ['/jobs', `/jobs/new?host=${up.hostId}`, await proposeJob(server, request, up.hostId)];
  const fleet = await makeFleet(server, request);
  const why = [`${fleet}/why`, `${fleet}/why?host=${down.hostId}`, `${fleet}/why?name=nobody.example.com`];
  const fleets = [
    '/fleets',
    '/fleets/new',
    fleet,
    `${fleet}/configuration`,
    `${fleet}/commands`,
    `${fleet}/metrics`,
    ...why,
  ];
  const users = [
    '/users',
    '/users?search=nothing-like-this',
    '/users/invite',
    '/profile',
    '/profile/keys',
    ...(await inviteSomebody(server, request)),
  ];
  return {
    hangUp: () => Promise.all([hangUp, ...hangUpCloned].map((hang) => hang())),
    pages: [
      ...['/', '/enrolment', '/enrolment/discovery'],
      ...[
        '/hosts',
        '/hosts/view',
        '/hosts?columns=agent&columns=registered',
        '/hosts?columns=tags&columns=fleets',
        '/hosts?state=down',
        '/hosts?search=nothing-like-this',
        ...hosts,
      ],
      ...[
        ...['metrics', 'facts', 'certificate', 'configuration', 'events'].map((view) => `${hosts[1]}/${view}`),
        ...['', '?filter=nothing-like-this', '?state=pending'].map((asked) => `/hosts/metrics${asked}`),
        '/configuration',
        '/health',
        '/certificates',
        '/certificates?show=expired',
      ],
      ...['/commands', '/commands?show=over', '/commands/new', '/commands/new?kind=execute_shell', command],
      ...['/commands/saved', '/commands/saved/new', '/commands/saved/new?kind=execute_shell'],
      ...[`${command}?host=${up.hostId}`, `${command}?state=running`, `${hosts[0]}/commands`],
      ...[...fleets, ...jobs],
      ...['/audit', '/audit?search=nothing-like-this', ...users],
    ],
    lost: [
      '/hosts/00000000-0000-0000-0000-000000000000',
      '/users/00000000-0000-0000-0000-000000000000',
      '/commands/00000000-0000-0000-0000-000000000000',
      '/commands/saved/00000000-0000-0000-0000-000000000000',
      '/fleets/00000000-0000-0000-0000-000000000000',
      '/jobs/00000000-0000-0000-0000-000000000000',
      '/invitation?token=none',
      '/nowhere',
    ],
  };
}
