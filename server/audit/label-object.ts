import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { apiKeys, commands, enrolmentTokens, fleets, hosts, jobs, savedCommands, users } from '../../db/schema';

const LABELS = {
  apiKey: (db: Database, id: string) => db.select({ label: apiKeys.name }).from(apiKeys).where(eq(apiKeys.id, id)),
  command: (db: Database, id: string) => db.select({ label: commands.kind }).from(commands).where(eq(commands.id, id)),
  enrolmentToken: (db: Database, id: string) =>
    db.select({ label: enrolmentTokens.name }).from(enrolmentTokens).where(eq(enrolmentTokens.id, id)),
  fleet: (db: Database, id: string) => db.select({ label: fleets.name }).from(fleets).where(eq(fleets.id, id)),
  host: (db: Database, id: string) => db.select({ label: hosts.fqdn }).from(hosts).where(eq(hosts.id, id)),
  job: (db: Database, id: string) => db.select({ label: jobs.act }).from(jobs).where(eq(jobs.id, id)),
  savedCommand: (db: Database, id: string) =>
    db.select({ label: savedCommands.name }).from(savedCommands).where(eq(savedCommands.id, id)),
  user: (db: Database, id: string) => db.select({ label: users.email }).from(users).where(eq(users.id, id)),
};

/** What a call can name by an id alone. */
export type LabelledKind = keyof typeof LABELS;

/** How people know it, in the words its own changes are recorded with; null where there is no such thing. */
export async function labelObject(db: Database, kind: LabelledKind, id: string): Promise<string | null> {
  const [found] = await LABELS[kind](db, id);
  return found?.label ?? null;
}
