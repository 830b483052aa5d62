import { expect, test } from 'vitest';
import { createFactBook } from '../../agent/facts/facts';
import { tellFacts } from '../../agent/facts/tell-facts';
import type { Facts } from '../../agent/protocol';
import { enrolledHost, openAgentClient, serveApi } from '../agents/testing';
import { administratorOf, testServices } from '../testing';

const silent = { debug() {}, info() {}, warn() {}, error() {} } as never;

test('an agent tells all at first, and then only what changed', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { shown, hostId } = await enrolledHost(services, admin);
  const { agents } = openAgentClient(services, await serveApi(services), shown);
  const told: string[] = [];
  const client = {
    agents: {
      offerFacts: agents.offerFacts,
      reportFacts: {
        mutate: (report: Parameters<typeof agents.reportFacts.mutate>[0]) => {
          told.push(report.section);
          return agents.reportFacts.mutate(report);
        },
      },
    },
  } as never;
  let packages: Facts = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`package-${n}`, `1.${n}-1`]));
  let looks = 0;
  const none = async () => null;
  const system = async () => {
    looks++;
    return { kernel: '6.1' };
  };
  const readers = { system, packages: async () => packages, hardware: none, network: none, storage: none };
  const book = createFactBook({ ...readers, users: none, services: none, reboot: none }, silent);
  const over = new AbortController();
  const given = { connection: { client, over: over.signal }, book, log: silent, lookEveryMs: () => 1, spreadMs: 0 };
  const telling = tellFacts({ ...given, isKnown: false });
  const kept = async () => (await admin.facts.get({ hostId })).sections.map(({ section, facts }) => [section, facts]);
  await expect.poll(kept).toEqual([
    ['system', { kernel: '6.1' }],
    ['packages', packages],
  ]);
  // Many looks at what is the same: nothing is sent.
  const before = looks;
  await expect.poll(() => looks).toBeGreaterThan(before + 5);
  expect(told).toEqual(['system', 'packages']);
  packages = { ...packages, 'package-7': '2' };
  await expect
    .poll(async () => (await admin.facts.history({ hostId })).changes)
    .toMatchObject([{ section: 'packages', name: 'package-7', before: '1.7-1', after: '2' }]);
  expect(told).toEqual(['system', 'packages', 'packages']);
  // The next connection: the server answered the hello that it knows, and nothing is even offered.
  await expect.poll(async () => (await services.db.query.hosts.findFirst())?.factsDigest).toBe(book.digest());
  over.abort();
  await telling;
  const again = new AbortController();
  const since = looks;
  const second = tellFacts({ ...given, connection: { client, over: again.signal }, isKnown: true });
  await expect.poll(() => looks).toBeGreaterThan(since + 2);
  again.abort();
  await second;
  expect(told).toHaveLength(3);
});
