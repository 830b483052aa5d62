import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, test } from 'vitest';
import { createContext } from './context';
import { appRouter } from './router';
import { testServices } from './testing';

test('there are no live streams over plain HTTP', async () => {
  const services = await testServices();
  const user = { id: '01890000-0000-7000-8000-000000000000', email: 'admin@example.com', role: 'administrator' as const };
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    router: appRouter,
    req: new Request('http://localhost/trpc/hosts.live?input=%7B%7D', { headers: { accept: 'text/event-stream' } }),
    createContext: () => ({
      ...createContext(services, 'web', new IncomingMessage(new Socket())),
      session: { id: 'a session', user },
    }),
  });
  // tRPC puts the refusal into a stream of events, and ends it.
  const events = await response.text();
  expect(events).toContain('"code":"METHOD_NOT_SUPPORTED"');
  expect(events).not.toContain('counts');
});
