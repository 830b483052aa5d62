import { expect, test } from 'vitest';
import { spentTokens } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { addPerson, type Ask, logIn, serveRestApi } from '../rest/testing';
import { testServices } from '../testing';
import { createApiClient, type FetchWithHeaders } from './client';

/** The test's own way to the listener, as a fetch. Counts how many are out at once. */
function fetchBy(ask: Ask) {
  const seen = { now: 0, most: 0 };
  const fetch: FetchWithHeaders = async (url, { method = 'GET', headers, body } = {}) => {
    seen.most = Math.max(seen.most, ++seen.now);
    const { pathname, search } = new URL(url as string);
    const answer = await ask(method, pathname + search, {
      headers: headers as Record<string, string>,
      text: body as string | undefined,
    });
    seen.now--;
    return {
      ok: answer.status < 300,
      json: async () => answer.body as unknown,
      headers: { get: (name) => (answer.headers[name.toLowerCase()] as string | undefined) ?? null },
    };
  };
  return { fetch, seen };
}

async function openClient() {
  const services = await testServices();
  await addPerson(services);
  const { ask } = await serveRestApi(services);
  const { fetch, seen } = fetchBy(ask);
  return { services, seen, client: createApiClient({ url: 'https://127.0.0.1', token: await logIn(ask), fetch }) };
}

test('fifty calls at once over one chain of tokens all succeed', async () => {
  const { services, seen, client } = await openClient();
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 25 }, () => ({})),
  );
  const calls = ids.flatMap((hostId, i) => [
    client.hosts.update.mutate({ hostId, notes: `note ${i}` }),
    client.hosts.byId.query({ hostId }),
  ]);
  await Promise.all(calls);
  expect(calls).toHaveLength(50);
  const rows = await services.db.query.hosts.findMany();
  expect(rows.map(({ notes }) => notes).sort()).toEqual(ids.map((_, i) => `note ${i}`).sort());
  expect(seen.most).toBe(1);
  expect(await services.db.select().from(spentTokens)).toHaveLength(50);
});

test('a call that fails leaves the others their token', async () => {
  const { client } = await openClient();
  const lost = client.hosts.byId.query({ hostId: '00000000-0000-4000-8000-000000000000' });
  const [first, failed, last] = await Promise.allSettled([
    client.hosts.counts.query(),
    lost,
    client.hosts.counts.query(),
  ]);
  expect([first.status, last.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(failed).toMatchObject({
    status: 'rejected',
    reason: { message: 'host.not_found', data: { httpStatus: 404 } },
  });
});

test('a call that is given up before it is sent costs the others nothing', async () => {
  const { client } = await openClient();
  const abort = new AbortController();
  const calls = [
    client.hosts.counts.query(),
    client.hosts.counts.query(undefined, { signal: abort.signal }),
    client.hosts.counts.query(),
  ];
  abort.abort();
  const outcomes = await Promise.allSettled([...calls, client.hosts.counts.query()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});

test('when an answer is lost, what is queued behind it is not sent with a token that may be spent', async () => {
  const sent: string[] = [];
  const fetch: FetchWithHeaders = (url) => {
    sent.push(new URL(url as string).pathname);
    return Promise.reject(new Error('socket hang up'));
  };
  const client = createApiClient({ url: 'https://127.0.0.1', token: 'first', fetch });
  const calls = await Promise.allSettled([client.hosts.counts.query(), client.hosts.counts.query()]);
  expect(calls).toMatchObject([
    { reason: { message: 'socket hang up' } },
    { reason: { message: expect.stringContaining('log in again') } },
  ]);
  expect(sent).toEqual(['/trpc/hosts.counts']);
});
