import { and, eq } from 'drizzle-orm';
import { isDeepStrictEqual } from 'node:util';
import type { Hello, RenewalTime } from '../../agent/protocol';
import { hostAbilities, hostEvents, hosts } from '../../db/schema';
import { renewalWindow } from '../certificates/validity';
import { suspectClone } from '../clones/suspect-clone';
import type { ConnectedAgent } from '../trpc';
import { speaksForHost } from './sockets';

/**
 * Keeps what a machine says it is. Its name stays the one that was approved: a machine may not rename itself into
 * another, and what it calls itself now stands beside that, for a person to adopt. Written only when something changed,
 * because every reconnect says hello.
 * A machine that is held hears so: it has nothing to report until a person has decided.
 */
export async function recordHello(ctx: ConnectedAgent, said: Hello): Promise<Welcome> {
  const { hostId } = ctx.agent;
  const heartbeatSeconds = ctx.config.heartbeat.interval_seconds;
  const { connection } = ctx;
  const isFirst = !connection?.said;
  if (connection) connection.said = said;
  // A copy's facts are not the host's. Told once a connection, so that one that goes on saying hello costs no writes.
  if (connection && !speaksForHost(connection)) {
    if (isFirst && connection.isHeld) await suspectClone(ctx, connection);
    return { heartbeatSeconds, isHeld: true };
  }
  const facts = {
    platform: said.platform,
    osName: said.osName,
    osVersion: said.osVersion,
    kernel: said.kernel,
    architecture: said.architecture,
    agentVersion: said.agentVersion,
    addresses: said.addresses,
    hardware: said.hardware,
    bootedAt: new Date(said.bootedAt),
    agentTags: [...new Set(said.tags)],
  };
  const [known] = await ctx.db
    .select({ host: hosts, abilities: hostAbilities.abilities })
    .from(hosts)
    .leftJoin(hostAbilities, eq(hostAbilities.hostId, hosts.id))
    .where(eq(hosts.id, hostId));
  const host = known?.host;
  const abilities = said.commands ?? NO_COMMANDS;
  if (known && !isDeepStrictEqual(known.abilities, abilities)) await keepAbilities(ctx, abilities);
  if (host && (await recordName(ctx, host, said.fqdn))) ctx.events.emit('host.changed', { hostId });
  if (
    host &&
    Object.entries(facts).some(([name, value]) => !isDeepStrictEqual(host[name as keyof typeof facts], value))
  ) {
    await ctx.db.update(hosts).set(facts).where(eq(hosts.id, hostId));
    ctx.events.emit('host.changed', { hostId });
  }
  // Nothing else is asked for by a machine that has not changed.
  const areFactsKnown = said.factsDigest !== undefined && said.factsDigest === host?.factsDigest;
  return { heartbeatSeconds, renewal: renewalTime(ctx), areFactsKnown, takesBriefReports: true };
}

/** Of an agent of before, which runs none and says nothing of it. */
const NO_COMMANDS = { able: [] };

/** Which commands it can run. Some may have waited for that. */
async function keepAbilities({ db, events, agent: { hostId } }: ConnectedAgent, abilities: object): Promise<void> {
  await db
    .insert(hostAbilities)
    .values({ hostId, abilities })
    .onConflictDoUpdate({ target: hostAbilities.hostId, set: { abilities } });
  events.emit('inbox.changed', { hostId, kind: 'commands' });
}

/** Returns whether the machine calls itself by another name than the last time. The first time of each is an event. */
async function recordName({ db }: ConnectedAgent, host: typeof hosts.$inferSelect, said: string): Promise<boolean> {
  const reportedFqdn = said === host.fqdn ? null : said;
  if (reportedFqdn === host.reportedFqdn) return false;
  await db.transaction(async (tx) => {
    // Guarded: meanwhile somebody may have adopted this very name.
    const [changed] = await tx
      .update(hosts)
      .set({ reportedFqdn })
      .where(and(eq(hosts.id, host.id), eq(hosts.fqdn, host.fqdn)))
      .returning({ id: hosts.id });
    if (changed && reportedFqdn)
      await tx.insert(hostEvents).values({ hostId: host.id, kind: 'renamed', detail: reportedFqdn });
  });
  return true;
}

/** `renewal` is absent for a machine that is held: what it shows is not to be renewed. */
interface Welcome {
  heartbeatSeconds: number;
  renewal?: RenewalTime;
  isHeld?: true;
  /** The digest that it said is that of what we have. */
  areFactsKnown?: boolean;
  /** Of its configuration it need not say what goes without saying. Absent from servers before 2026-12. */
  takesBriefReports?: true;
}

function renewalTime({ agent }: ConnectedAgent, now = new Date()): RenewalTime {
  const { from, to } = renewalWindow(agent);
  return {
    inSeconds: Math.round((from.getTime() - now.getTime()) / 1000),
    withinSeconds: Math.round((to.getTime() - from.getTime()) / 1000),
  };
}
