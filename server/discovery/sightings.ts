import { sql } from 'drizzle-orm';
import type { Message, Request } from '../../agent/discovery/message';
import type { Database } from '../../db/client';
import type { discoveryRequests, discoveryServers } from '../../db/schema';

/** What is noted between two writes; more is a flood, of which this much says enough. */
const MOST_NOTED = { requests: 100, servers: 20 };
/** Rows that are kept, the latest, and for how long. */
const MOST_KEPT = { requests: 1000, servers: 100 };
const KEPT = sql`interval '30 days'`;

type Seen<Row> = { [Key in keyof Row]: Row[Key] extends Date ? string : Row[Key] };
type SeenRequest = Seen<typeof discoveryRequests.$inferSelect>;
type SeenServer = Seen<typeof discoveryServers.$inferSelect>;

/**
 * Who asks for a server and which servers are there, noted in memory and written now and then: people want to see why
 * a machine does not appear. Everything in it is a claim, and bounded.
 */
export function createSightings(db: Database) {
  let requests = new Map<string, SeenRequest>();
  let servers = new Map<string, SeenServer>();

  return {
    asked({ hostname, platform, timestamp }: Request, address: string, outcome: SeenRequest['outcome']): void {
      const key = `${hostname} ${address}`;
      const now = new Date();
      const known = requests.get(key);
      if (!known && requests.size >= MOST_NOTED.requests) return;
      const [firstAt, asked] = [known?.firstAt ?? now.toISOString(), (known?.asked ?? 0) + 1];
      const aheadSeconds = Math.round((timestamp - now.getTime()) / 1000);
      const lastAt = now.toISOString();
      requests.set(key, { hostname, address, platform, outcome, aheadSeconds, asked, firstAt, lastAt });
    },

    heard({ server_info: { ca_pin: pin, hostname, api_port: apiPort, addresses } }: Message, address: string): void {
      const key = `${pin} ${hostname} ${apiPort}`;
      if (!servers.has(key) && servers.size >= MOST_NOTED.servers) return;
      const now = new Date().toISOString();
      servers.set(key, { pin, hostname, apiPort, address, addresses, firstAt: now, lastAt: now });
    },

    /** Rejects with the database's error; what was noted until now is lost then, and nobody waits for it. */
    async write(): Promise<void> {
      const [asked, heard] = [inOrder(requests), inOrder(servers)];
      requests = new Map();
      servers = new Map();
      if (asked.length > 0) await writeRequests(db, asked);
      if (heard.length > 0) await writeServers(db, heard);
    },
  };
}

export type Sightings = ReturnType<typeof createSightings>;

/** Two servers of one database hear the same requests: rows are locked in one order. */
const inOrder = <Row>(noted: ReadonlyMap<string, Row>): Row[] =>
  [...noted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

async function writeRequests(db: Database, rows: SeenRequest[]): Promise<void> {
  await db.execute(sql`
    insert into discovery_request as known
      (hostname, address, platform, outcome, ahead_seconds, asked, first_at, last_at)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(hostname text, address text, platform text,
      outcome text, "aheadSeconds" bigint, asked bigint, "firstAt" timestamptz, "lastAt" timestamptz)
    on conflict (hostname, address) do update set platform = excluded.platform, outcome = excluded.outcome,
      ahead_seconds = excluded.ahead_seconds, asked = known.asked + excluded.asked, last_at = excluded.last_at`);
  await db.execute(sql`
    delete from discovery_request where last_at < now() - ${KEPT}
      or last_at < (select last_at from discovery_request order by last_at desc offset ${MOST_KEPT.requests} limit 1)`);
}

async function writeServers(db: Database, rows: SeenServer[]): Promise<void> {
  await db.execute(sql`
    insert into discovery_server as known (pin, hostname, api_port, address, addresses, first_at, last_at)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(pin text, hostname text, "apiPort" bigint,
      address text, addresses jsonb, "firstAt" timestamptz, "lastAt" timestamptz)
    on conflict (pin, hostname, api_port) do update set address = excluded.address, addresses = excluded.addresses,
      last_at = excluded.last_at`);
  await db.execute(sql`
    delete from discovery_server where last_at < now() - ${KEPT}
      or last_at < (select last_at from discovery_server order by last_at desc offset ${MOST_KEPT.servers} limit 1)`);
}
