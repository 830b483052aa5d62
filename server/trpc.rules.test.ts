import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, test } from 'vitest';
import { createContext } from './context';
import { appRouter } from './router';
import type { Services } from './services';
import { sessionOf, testServices } from './testing';
import { responseMeta } from './trpc';

test('there are no live streams over plain HTTP', async () => {
  const services = await testServices();
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    router: appRouter,
    req: new Request('http://localhost/trpc/live.stream', { headers: { accept: 'text/event-stream' } }),
    createContext: () => ({
      ...createContext(services, 'web', new IncomingMessage(new Socket())),
      session: sessionOf(),
    }),
  });
  // tRPC puts the refusal into a stream of events, and ends it.
  const events = await response.text();
  expect(events).toContain('"code":"METHOD_NOT_SUPPORTED"');
  expect(events).not.toContain('counts');
});

/** A call as a page's script makes it. */
const post = (services: Services, path: string, body: string) =>
  fetchRequestHandler({
    endpoint: '/trpc',
    router: appRouter,
    responseMeta,
    req: new Request(`http://localhost/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }),
    createContext: () => createContext(services, 'web', new IncomingMessage(new Socket())),
  });

test('a locked account is 423, a busy address 429, and both say when to come back', async () => {
  const services = await testServices({
    SYSMANAGE_SIGN_IN_MAX_FAILURES: '1',
    SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '2',
  });
  const attempt = () =>
    post(services, 'users.signIn', JSON.stringify({ email: 'somebody@example.com', password: 'wrong' }));
  for (const [status, appCode] of [
    [401, 'auth.credentials'],
    [423, 'auth.locked'],
    [429, 'auth.too_many'],
  ] as const) {
    const response = await attempt();
    const { error } = (await response.json()) as { error: { data: Record<string, unknown> } };
    const seconds = response.headers.get('retry-after');
    expect({ status: response.status, ...error.data }).toMatchObject({
      status,
      httpStatus: status,
      appCode,
      retryAfterSeconds: seconds && Number(seconds),
    });
    expect(Boolean(seconds)).toBe(status !== 401);
  }
});

test('what is nested as deep as a body allows is a mistake of the caller', async () => {
  const services = await testServices();
  for (const body of [
    '['.repeat(60_000),
    '['.repeat(30_000) + ']'.repeat(30_000),
    `{"email":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
  ]) {
    expect((await post(services, 'users.signIn', body)).status).toBe(400);
  }
});
