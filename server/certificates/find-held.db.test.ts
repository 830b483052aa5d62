import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { certificates } from '../../db/schema';
import { forgetPlans, seedHosts, seedManyHosts } from '../hosts/testing';
import { SERVER_ITSELF } from '../hosts/visible-hosts';
import { administratorOf, callerFor, testServices } from '../testing';
import { selectCount, selectPage } from '../list/list';
import { heldList, type HeldQuery, listHeld } from './find-held';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date('2031-03-01T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
});

interface Seeded {
  serial: string;
  /** Days from `now`; the life is 92 days unless said otherwise. */
  ends: number;
  life?: number;
  revoked?: boolean;
}

const seedCertificates = (hostId: string, ...wanted: Seeded[]) =>
  services.db
    .insert(certificates)
    .values(
      wanted.map(({ serial, ends, life = 92, revoked }) => ({
        serial,
        hostId,
        keyFingerprint: 'key',
        fingerprint: `print of ${serial}`,
        pem: '-',
        notBefore: inDays(ends - life),
        notAfter: inDays(ends),
        revokedAt: revoked ? now : null,
      })),
    );

const filter = (over: Partial<HeldQuery> = {}): HeldQuery => ({ show: 'all', days: 30, limit: 50, ...over });

async function serials(over: Partial<HeldQuery> = {}): Promise<string[]> {
  const page = await listHeld({ ...services, ...SERVER_ITSELF }, filter(over), now);
  expect(page.total).toBe(page.certificates.length);
  return page.certificates.map(({ serial }) => serial);
}

describe('what agents hold', () => {
  test('is the last of each approved host that is not withdrawn, what ends first on top', async () => {
    const ids = await seedHosts(services.db, [{}, {}, { approval: 'revoked' }, { approval: 'pending' }]);
    await seedCertificates(
      ids[0]!,
      { serial: 'A1', ends: 20 },
      { serial: 'A2', ends: 80 },
      { serial: 'A3', ends: 90, revoked: true },
    );
    await seedCertificates(ids[1]!, { serial: 'B1', ends: 40 });
    await seedCertificates(ids[2]!, { serial: 'C1', ends: 10 });
    expect(await serials()).toEqual(['B1', 'A2']);
  });

  test('says whose it is, and how near its end', async () => {
    const [id] = await seedHosts(services.db, [{ fqdn: 'web-01.example.com' }]);
    await seedCertificates(id!, { serial: 'A1', ends: 10 });
    expect((await listHeld({ ...services, ...SERVER_ITSELF }, filter(), now)).certificates).toEqual([
      {
        hostId: id,
        fqdn: 'web-01.example.com',
        serial: 'A1',
        fingerprint: 'print of A1',
        notBefore: inDays(-82).toISOString(),
        notAfter: inDays(10).toISOString(),
        issuedAt: expect.any(String),
        stage: 'nearing',
      },
    ]);
  });

  test('by its end: expired, within so many days, and what should have been renewed', async () => {
    const ids = await seedHosts(
      services.db,
      Array.from({ length: 6 }, () => ({})),
    );
    const ends: [serial: string, days: number, life?: number][] = [
      ['E1', -100],
      ['E2', -1],
      ['AA', 22.9],
      ['BB', 23.1],
      ['C1', 25, 365],
      ['C2', 60],
    ];
    for (const [i, [serial, days, life]] of ends.entries())
      await seedCertificates(ids[i]!, { serial, ends: days, life });
    expect(await serials({ show: 'expired' })).toEqual(['E1', 'E2']);
    expect(await serials({ show: 'within', days: 23 })).toEqual(['AA']);
    expect(await serials({ show: 'within', days: 30 })).toEqual(['AA', 'BB', 'C1']);
    // A quarter of 92 days is 23; of a year it would be 91, but 30 days are early enough.
    expect(await serials({ show: 'overdue' })).toEqual(['E1', 'E2', 'AA', 'C1']);
  });

  test('page by page every row comes exactly once, also where many end in the same second', async () => {
    const ids = await seedHosts(
      services.db,
      Array.from({ length: 23 }, () => ({})),
    );
    for (const [i, id] of ids.entries())
      await seedCertificates(id, { serial: (0xa0 + i).toString(16).toUpperCase(), ends: 10 + (i % 3) });
    const whole = await serials({ limit: 200 });
    expect(whole).toHaveLength(23);
    for (const limit of [1, 7, 22, 23]) {
      const walked: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page: Awaited<ReturnType<typeof listHeld>> = await listHeld(
          { ...services, ...SERVER_ITSELF },
          filter({ limit, cursor: cursor ?? undefined }),
          now,
        );
        expect(page).toMatchObject({ total: 23, certificates: { length: Math.min(limit, 23 - walked.length) } });
        walked.push(...page.certificates.map(({ serial }) => serial));
        cursor = page.nextCursor;
      } while (cursor);
      expect(walked).toEqual(whole);
    }
  });
});

test(
  'of 20,000 hosts a page and a count come from the index, and no table is read through',
  // Of more it is all the more so (server/list/every-list.postgresql.test.ts), and to make them takes long.
  { timeout: 120_000 },
  async () => {
    const { db } = services;
    await db.execute(sql`
    insert into host (id, fqdn, platform, approval, key_fingerprint, fingerprint_words, os_name, os_version,
                      agent_version, addresses, registered_from)
    select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'host-' || i, 'linux', 'approved', i::text, '-',
           '-', '-', '-', '[]', '-'
    from generate_series(1, 20000) i`);
    await forgetPlans(db);
    // Each host with the certificate it holds and one that it held before, which renewal withdrew.
    await db.execute(sql`
    insert into certificate (serial, host_id, key_fingerprint, fingerprint, pem, not_before, not_after, revoked_at)
    select upper(to_hex(i * 2 + half)), ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '-', '-', '-',
           ${now.toISOString()}::timestamptz + make_interval(days => i % 60 + 29 - 92 - 60 * half),
           ${now.toISOString()}::timestamptz + make_interval(days => i % 60 + 29 - 60 * half),
           case half when 1 then ${now.toISOString()}::timestamptz end
    from generate_series(1, 20000) i, generate_series(0, 1) half`);
    await db.execute(sql`analyze host`);
    await db.execute(sql`analyze certificate`);

    const first = await listHeld({ ...services, ...SERVER_ITSELF }, filter(), now);
    expect(first).toMatchObject({ total: 1000, isTotalExact: false, certificates: { length: 50 } });
    const ctx = { db, now, ...SERVER_ITSELF };
    const page = ({ cursor, ...filter }: Partial<HeldQuery> = {}) =>
      selectPage(heldList, ctx, {
        filter: { show: 'all', days: 30, ...filter },
        sort: 'end',
        direction: 'asc',
        cursor,
        limit: 50,
      }).getSQL();
    const count = (show: HeldQuery['show']) => selectCount(heldList, ctx, { filter: { show, days: 0 }, most: 1001 });
    const questions = {
      'a page': page(),
      'the next page': page({ cursor: first.nextCursor! }),
      'what ends soon': page({ show: 'within' }),
      'what is overdue': page({ show: 'overdue' }),
      'how many there are': count('all'),
      'how many are overdue': count('overdue'),
      'how many have ended': count('expired'),
    };
    for (const [what, query] of Object.entries(questions)) {
      const { rows } = await db.execute(sql`explain ${query}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect
        .soft(plan, what)
        .toMatch(/Index (Only )?Scan using certificate_held|Bitmap Index Scan on certificate_held/);
      expect.soft(plan, what).not.toContain('Seq Scan');
    }
  },
);

/** A step of a plan, as PostgreSQL tells of one that it has run. */
interface Step {
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Step[];
}

/** How many rows a step and all below it came to. */
const rowsIn = (step: Step): number =>
  (step.Plans ?? []).reduce((sum, below) => sum + rowsIn(below), step['Actual Rows'] * step['Actual Loops']);

test('many certificates that the database knows nothing of yet are counted without reading all for each', async () => {
  const { db } = services;
  await seedManyHosts(db, 1000);
  await db.execute(sql`analyze host`);
  const ctx = { db, now: new Date(), ...SERVER_ITSELF };
  const count = selectCount(heldList, ctx, { filter: { show: 'overdue', days: 0 }, most: 1001 });
  const { rows } = await db.execute<{ 'QUERY PLAN': [{ Plan: Step }] }>(sql`explain (analyze, format json) ${count}`);
  // Some 250 are overdue. Each once a step, and a few steps.
  expect(rowsIn(rows[0]!['QUERY PLAN'][0].Plan)).toBeLessThan(10_000);
});

test.each([
  'x',
  Buffer.from('["x","A"]').toString('base64url'),
  Buffer.from('["2031-03-01T12:00:00.000Z","a\'"]').toString('base64url'),
])('the cursor %j is the caller’s mistake', async (cursor) => {
  const admin = await administratorOf(services);
  await expect(admin.certificates.held({ cursor })).rejects.toMatchObject({ appCode: 'input.invalid' });
});

test('nobody without a session sees any of it', async () => {
  const { certificates: stranger } = callerFor(services);
  for (const read of [() => stranger.held({}), () => stranger.served(), () => stranger.warnings()]) {
    await expect(read()).rejects.toMatchObject({ appCode: 'auth.required' });
  }
});
