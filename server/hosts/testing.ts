import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostEnrolments, hostPresence, hosts } from '../../db/schema';

/** Differences from an approved host that was never seen. */
export type NewHost = Omit<Partial<typeof hosts.$inferInsert>, 'lastSeen'> & {
  lastSeen?: Date;
  presence?: 'up' | 'down';
};

/** Rows as registration, decisions and presence leave them. Returns the ids in the order given. */
export async function seedHosts(db: Database, wanted: NewHost[]): Promise<string[]> {
  const rows = wanted.map(({ lastSeen: _lastSeen, presence: _presence, ...host }, i) => ({
    fqdn: `host-${i}.example.com`,
    platform: 'linux' as const,
    approval: 'approved' as const,
    keyFingerprint: `key ${i}`,
    fingerprintWords: 'six words',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    agentVersion: '1.0.0',
    addresses: ['192.0.2.7'],
    registeredFrom: '192.0.2.7',
    ...host,
  }));
  const made = await db.insert(hosts).values(rows).returning({ id: hosts.id });
  await db.insert(hostEnrolments).values(made.map(({ id }) => ({ hostId: id, csr: '-' })));
  const seen = wanted.flatMap(({ lastSeen, presence }, i) =>
    lastSeen || presence
      ? [{ hostId: made[i]!.id, state: presence ?? 'up', since: new Date(), lastSeen: lastSeen ?? new Date() }]
      : [],
  );
  if (seen.length > 0) await db.insert(hostPresence).values(seen);
  return made.map(({ id }) => id);
}

/**
 * `count` hosts of all states and platforms, mostly of the common ones, made by the database, with presence, hardware,
 * certificates, some open clones, and tags: one that most have, one of sixteen, and one of each host's own. Ids end in
 * the number of the host, hexadecimal.
 */
export async function seedManyHosts(db: Database, count: number): Promise<void> {
  // A row at a time for what is one statement below.
  await db.execute(sql`alter table host disable trigger host_inserted_tags`);
  await db.execute(sql`
    insert into host (id, fqdn, platform, approval, key_fingerprint, fingerprint_words, os_name, os_version, agent_version,
                      addresses, registered_from, registered_at, decided_at, last_seen, certificate_ends, health, health_since,
                      reboot, tags, hardware)
    select ('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
      (array['web', 'db', 'cache', 'build', 'mail'])[n % 5 + 1] || '-' || lpad((n::bigint * 7919 % ${count})::text, 7, '0') || '.example.com',
      case when n % 500 = 3 then 'openbsd' when n % 1000 = 4 then 'netbsd' when n % 2000 = 5 then 'other' when n % 50 = 6 then 'freebsd'
        when n % 20 = 7 then 'macos' when n % 8 = 0 then 'windows' else 'linux' end,
      case when n % 500 = 11 then 'pending' when n % 1000 = 12 then 'conflict' when n % 100 = 13 then 'rejected'
        when n % 50 = 14 then 'revoked' else 'approved' end,
      'key ' || n, 'one two three four five six', (array['Debian GNU/Linux', 'Ubuntu', 'Alpine Linux'])[n % 3 + 1], (8 + n % 7)::text,
      '1.' || n % 12 || '.0',
      jsonb_build_array('10.' || n / 65536 % 256 || '.' || n / 256 % 256 || '.' || n % 256, '2001:db8::' || to_hex(n)), '192.0.2.7',
      now() - (${count} - n) * interval '1 second', now(),
      case when n % 500 = 11 or n % 1000 = 12 or n % 100 = 13 or n % 50 = 14 or n % 40 = 15 then '-infinity'
        when n % 12 = 4 then now() - n % 100000 * interval '1 minute' else 'infinity' end,
      case when n % 500 = 11 or n % 1000 = 12 or n % 100 = 13 or n % 50 = 14 then 'infinity'
        else date_trunc('second', now()) + (n % 90) * interval '1 day' + n % 86400 * interval '1 second' end,
      case when n % 500 = 11 or n % 1000 = 12 or n % 100 = 13 or n % 50 = 14 then null
        when n % 200 = 17 then 'critical' when n % 100 = 18 then 'warning' else 'ok' end, now(),
      case when n % 10 = 9 then null when n % 300 = 19 then 'required' else 'not_required' end,
      case when n % 50 = 22 then '[]' else jsonb_build_array(
        case when n % 1000 = 21 then 'env:lab' when n % 10 = 0 then 'env:test' else 'env:prod' end, 'rack:' || to_hex(n % 16),
        'serial:01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')) end,
      case when n % 10 = 8 then null else jsonb_build_object('manufacturer', 'QEMU', 'model', 'Standard PC', 'virtualisation', 'kvm',
        'cpuModel', 'AMD EPYC 7763', 'cpuCores', 2 ^ (n % 5), 'memoryBytes', 1073741824 * 2 ^ (n % 7)) end
    from generate_series(1, ${count}::int) n`);
  await forgetPlans(db);
  await db.execute(sql`alter table host enable trigger host_inserted_tags`);
  await db.execute(sql`insert into host_tag (host_id, tag) select id, jsonb_array_elements_text(tags) from host`);
  await db.execute(sql`
    insert into host_presence (host_id, state, since, last_seen)
    select id, case last_seen when 'infinity' then 'up' else 'down' end, now(), case last_seen when 'infinity' then now() else last_seen end
    from host where last_seen <> '-infinity'`);
  await db.execute(sql`
    insert into certificate (serial, host_id, key_fingerprint, fingerprint, pem, not_before, not_after)
    select upper(to_hex(row_number() over ())), id, key_fingerprint, '-', '-', certificate_ends - interval '90 days', certificate_ends
    from host where certificate_ends <> 'infinity'`);
  await db.execute(sql`
    update host_figure f set cpu = n * 7919 % 101, memory = n * 31 % 101, disk = n * 17 % 101
    from (select id, row_number() over (order by id) as n from host where state = 'up') up where f.host_id = up.id`);
  await db.execute(sql`
    insert into clone (host_id, id, first, second) select id, gen_random_uuid(), '{}', '{}' from host where approval = 'approved' limit 20`);
}

/**
 * What the hosts of `seedManyHosts` have installed: `openssl` each in one of twenty versions, `nginx` one of five,
 * `rare` one of a thousand, and twenty more; and what else there is, which none of them has.
 */
export async function seedManyPackages(db: Database): Promise<void> {
  await db.execute(sql`
    insert into software (name, version)
    select 'openssl', '3.0.' || v from generate_series(0, 19) v union all select 'nginx', '1.22' union all select 'rare', '1'
    union all select 'package-' || p, '1.' || v from generate_series(1, 20) p, generate_series(0, 8) v
    union all select 'other-' || p, '1' from generate_series(1, 20000) p`);
  await db.execute(sql`
    insert into host_software (host_id, software_ids)
    select h.id, array_agg(s.id order by s.id) from (select id, row_number() over (order by id)::int as n from host) h
    cross join lateral (
      select 'openssl' as name, '3.0.' || h.n % 20 as version
      union all select 'nginx', '1.22' where h.n % 5 = 1 union all select 'rare', '1' where h.n % 1000 = 21
      union all select 'package-' || p, '1.' || (h.n + p) % 9 from generate_series(1, 20) p) has
    join software s using (name, version)
    group by h.id`);
}

/**
 * To be called between a great many new hosts and what is written of them. Triggers keep the plan of their first
 * statement with the connection, and one that was made for an empty table looks through all hosts for each row: minutes
 * instead of seconds. PostgreSQL plans anew what touches a table whose size it has noticed.
 */
export async function forgetPlans(db: Database): Promise<void> {
  await db.execute(sql`analyze host`);
}
