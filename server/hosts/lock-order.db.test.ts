import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { hosts } from '../../db/schema';
import { expireWaiting } from '../agents/enrolment/expire-waiting';
import { enrolledHost } from '../agents/testing';
import { startPresence } from '../presence/presence';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';
import { seedHosts } from './testing';

const ROUNDS = 40;
const longFromNow = () => new Date(Date.now() + 1000 * 24 * 60 * 60 * 1000);
const refusals = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));

test(
  'new certificates for all and for a selection, asked for at once, do not wait for each other',
  { timeout: 60_000 },
  async () => {
    const services = await testServices();
    const admin = await administratorOf(services);
    const { hostId } = await enrolledHost(services, admin);
    // Rows enough that two statements meet half-way, each found by another path and so in another order.
    await services.db.execute(sql`
    insert into host (id, fqdn, platform, approval, key_fingerprint, fingerprint_words, os_name, os_version, agent_version, addresses, registered_from)
    select gen_random_uuid(), 'copy-' || n, platform, approval, 'copy-' || n, fingerprint_words, os_name, os_version, agent_version, addresses, registered_from
    from host, generate_series(1, 400) n where id = ${hostId}`);
    const ids = (await services.db.select({ id: hosts.id }).from(hosts)).map(({ id }) => id);

    for (let round = 0; round < ROUNDS; round++) {
      const outcomes = await Promise.allSettled([
        admin.hosts.rotateCertificate({ all: true }),
        admin.hosts.rotateCertificate({ hostIds: ids.toReversed() }),
        admin.hosts.rotateCertificate({ all: true }),
      ]);
      expect(refusals(outcomes)).toEqual([]);
    }
  },
);

test(
  'two machines let in at once under each other’s name, while what waits too long is forgotten, do not wait for each other',
  { timeout: 60_000 },
  async () => {
    const services = await testServices();
    const admin = await administratorOf(services);
    for (let round = 0; round < ROUNDS; round++) {
      const names = [`a-${round}.example.com`, `b-${round}.example.com`] as const;
      const [a, b] = await Promise.all(
        names.map(async (name) => (await strangerOf(services).agents.register(await registrationOf(name))).enrolmentId),
      );
      const outcomes = await Promise.allSettled([
        admin.hosts.approve({ hostId: a!, fqdn: names[1] }),
        admin.hosts.approve({ hostId: b!, fqdn: names[0] }),
        ...(round % 2 ? [expireWaiting(services, longFromNow())] : []),
      ]);
      // Which of them was faster is open; that none was torn down by the database is not.
      for (const refusal of refusals(outcomes)) expect(refusal).toMatchObject({ appCode: 'host.not_found' });
    }
  },
);

test(
  'hosts that go up and down are revoked meanwhile, and neither waits for the other',
  { timeout: 60_000 },
  async () => {
    const services = await testServices();
    const admin = await administratorOf(services);
    const ids = await seedHosts(
      services.db,
      Array.from({ length: 100 }, (_, n) => ({ fqdn: `host-${n}.example.com`, presence: 'up' })),
    );
    for (let round = 0; round < 10; round++) {
      const presence = await startPresence({ ...services, graceMs: 1_000_000 });
      const revoked = ids.splice(0, 8);
      for (const hostId of [...revoked, ...ids].toReversed()) {
        if (round % 2) presence.up(hostId);
        else presence.down(hostId, 'lost');
      }
      // Its last flush writes all of them.
      const outcomes = await Promise.allSettled([
        presence.stop(),
        ...revoked.map((hostId) => admin.hosts.revoke({ hostId })),
      ]);
      expect(refusals(outcomes)).toEqual([]);
    }
    expect(services.logged.filter(({ msg }) => String(msg).startsWith('presence was not written'))).toEqual([]);
  },
);
