import type { Database } from '../../db/client';
import { hostPresence, hosts } from '../../db/schema';

/** Differences from an approved host that was never seen. */
export type NewHost = Partial<typeof hosts.$inferInsert> & {
  lastSeen?: Date;
  presence?: 'up' | 'down';
};

/** Rows as registration, decisions and presence leave them. Returns the ids in the order given. */
export async function seedHosts(db: Database, wanted: NewHost[]): Promise<string[]> {
  const rows = wanted.map(({ lastSeen: _lastSeen, presence: _presence, ...host }, i) => ({
    fqdn: `host-${i}.example.com`,
    platform: 'linux' as const,
    approval: 'approved' as const,
    csr: '-',
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
  const seen = wanted.flatMap(({ lastSeen, presence }, i) =>
    lastSeen || presence
      ? [{ hostId: made[i]!.id, state: presence ?? 'up', since: new Date(), lastSeen: lastSeen ?? new Date() }]
      : [],
  );
  if (seen.length > 0) await db.insert(hostPresence).values(seen);
  return made.map(({ id }) => id);
}
