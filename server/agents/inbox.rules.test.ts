import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { InboxItem } from '../../agent/protocol';
import { createContext } from '../context';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { streamInbox, type Sources } from './inbox';
import { INBOX_SOURCES } from './inbox-sources';
import { agentOf } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
});

const HOST = '01890000-0000-7000-8000-000000000000';

/** Sources that answer with what is true here, and count how often they are asked. */
function sourcesOf(truth: { heartbeatSeconds: number; request: string | null }) {
  const asked = { settings: 0, split: 0, authorities: 0, renew: 0, commands: 0, cancel: 0, configuration: 0 };
  const sources: Sources = {
    settings() {
      asked.settings++;
      const { heartbeatSeconds } = truth;
      return { id: String(heartbeatSeconds), item: { kind: 'settings', heartbeatSeconds } };
    },
    split: () => (asked.split++, null),
    authorities: () => (asked.authorities++, null),
    commands: () => (asked.commands++, null),
    cancel: () => (asked.cancel++, null),
    configuration: () => (asked.configuration++, null),
    async renew() {
      asked.renew++;
      const { request } = truth;
      await Promise.resolve();
      return request === null ? null : { id: request, item: { kind: 'renew', withinSeconds: 0, request } };
    },
  };
  return { sources, asked };
}

/** The inbox of a connection of that host, read one item at a time; closed when the test ends. */
function openInbox(sources: Sources, hostId = HOST) {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const context = createContext(services, 'channel', new IncomingMessage(new Socket()));
  const items = streamInbox({ ...context, agent: agentOf(hostId) }, sources, over.signal);
  const next = async () => ((await items.next()).value as [string, InboxItem] | undefined)?.[1];
  return { next, over };
}

const change = (kind: InboxItem['kind'], hostId = HOST) => services.events.emit('inbox.changed', { hostId, kind });

test('it begins with all that is true, and then tells what became true, of the kind that changed', async () => {
  const truth = { heartbeatSeconds: 30, request: 'first' as string | null };
  const { sources, asked } = sourcesOf(truth);
  const { next } = openInbox(sources);
  expect(await next()).toEqual({ kind: 'settings', heartbeatSeconds: 30 });
  expect(await next()).toEqual({ kind: 'renew', withinSeconds: 0, request: 'first' });
  expect(asked).toEqual({ settings: 1, split: 1, authorities: 1, renew: 1, commands: 1, cancel: 1, configuration: 1 });

  const told = next();
  change('split');
  change('renew', '01890000-0000-7000-8000-000000000001');
  truth.request = 'second';
  change('renew');
  expect(await told).toEqual({ kind: 'renew', withinSeconds: 0, request: 'second' });
  expect(asked).toEqual({ settings: 1, split: 2, authorities: 1, renew: 2, commands: 1, cancel: 1, configuration: 1 });
});

test('what was told is not told again on the same connection, unless it was not true meanwhile', async () => {
  const truth = { heartbeatSeconds: 30, request: 'first' as string | null };
  const { sources, asked } = sourcesOf(truth);
  const { next } = openInbox(sources);
  await next();
  await next();
  const told = next();
  const becomes = async (request: string | null) => {
    const looks = asked.renew;
    truth.request = request;
    change('renew');
    await expect.poll(() => asked.renew).toBe(looks + 1);
  };
  await becomes('first');
  await becomes(null);
  await becomes('first');
  expect(await told).toEqual({ kind: 'renew', withinSeconds: 0, request: 'first' });
});

test('a thousand changes for a machine that does not read are one look, at what is true then', async () => {
  const truth = { heartbeatSeconds: 30, request: null as string | null };
  const { sources, asked } = sourcesOf(truth);
  const { next } = openInbox(sources);
  await next();
  for (let i = 0; i < 1000; i++) {
    truth.heartbeatSeconds = i;
    change('settings');
  }
  expect(await next()).toEqual({ kind: 'settings', heartbeatSeconds: 999 });
  expect(asked.settings).toBe(2);
});

test('what changes while its source answers is looked at again', async () => {
  const truth = { heartbeatSeconds: 30, request: null as string | null };
  const { sources } = sourcesOf(truth);
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  let looks = 0;
  const slow: Sources = {
    ...sources,
    async renew(ctx) {
      const found = await sources.renew(ctx);
      if (++looks === 1) await answered;
      return found;
    },
  };
  const { next } = openInbox(slow);
  await next();
  const told = next();
  await expect.poll(() => looks).toBe(1);
  truth.request = 'meanwhile';
  change('renew');
  answer();
  expect(await told).toMatchObject({ request: 'meanwhile' });
});

test('it ends with its connection, and hears nothing from then on', async () => {
  const { sources, asked } = sourcesOf({ heartbeatSeconds: 30, request: null });
  const { next, over } = openInbox(sources);
  await next();
  const told = next();
  over.abort();
  expect(await told).toBeUndefined();
  change('settings');
  expect(asked.settings).toBe(1);
});

test('a request to N connected hosts makes N inboxes look once each', async () => {
  const hostIds = await seedHosts(
    services.db,
    Array.from({ length: 40 }, () => ({})),
  );
  let looks = 0;
  const counting: Sources = { ...INBOX_SOURCES, renew: (ctx) => (looks++, INBOX_SOURCES.renew(ctx)) };
  const inboxes = hostIds.map((hostId) => openInbox(counting, hostId));
  for (const { next } of inboxes) await next();
  const told = inboxes.map(({ next }) => next());
  await expect.poll(() => looks).toBe(hostIds.length);

  expect(await (await administratorOf(services)).hosts.rotateCertificate({ all: true })).toEqual({
    requested: hostIds.length,
  });
  expect((await Promise.all(told)).map((item) => item!.kind)).toEqual(hostIds.map(() => 'renew'));
  // One whose first look was still under way may have seen the request by it.
  expect(looks).toBeLessThanOrEqual(2 * hostIds.length);
});
