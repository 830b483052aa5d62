import { and, count, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { fingerprintWords } from '../../../agent/fingerprint';
import type { Approval, Registration } from '../../../agent/protocol';
import type { Database, Transaction } from '../../../db/client';
import { violates } from '../../../db/errors';
import { fleetMembers, hostEnrolments, hostEvents, hosts, renewals } from '../../../db/schema';
import { recordAudit } from '../../audit/record-audit';
import { readCsr } from '../../certificates/der/read-csr';
import { hashCredential, judgeToken, spendToken } from '../../enrolment-tokens/spend-token';
import { AppError } from '../../errors';
import { announceApproval, letIn } from '../../hosts/approve-host';
import { hostObject } from '../../hosts/host-object';
import { EVERYBODY, networkOf, siteOf } from '../../limits';
import { logAct } from '../../log';
import type { Context } from '../../context';

/** How long a machine without a token stays away when all places are taken: somebody has to decide first. */
const FULL_RETRY_SECONDS = 60;

/** TLS connections that enrolling takes before there is a certificate: one to look at the CA, one to register on. */
const HANDSHAKES = 2;

/**
 * A machine asks to join. The same key finds its own row again, whatever else it says, and spends nothing; a key we do
 * not know makes a row that waits for a person: `pending`, or `conflict` when another machine goes by that name. An
 * enrolment token is spent with the row, and one that approves lets in what is not in conflict and was not turned away.
 * Throws `agent.csr_invalid`, `agent.too_many_pending`, `agent.too_many_registrations`, `enrolment.token_…`,
 * `enrolment.too_many_wrong_tokens`.
 */
export async function registerAgent(ctx: Context, registration: Registration) {
  const { token } = registration;
  const from = networkOf(ctx.address);
  const worth = token ? await judgeToken(ctx.db, token) : null;
  // A machine with a token that counts is counted by the token: hundreds may enrol from behind one address at once.
  if (token && worth === 'active') await ctx.limits.registrationsWith.take(hashCredential(token));
  else await ctx.limits.registrationCallsFrom.take(from);
  const { keyFingerprint, publicKeyDer } = await readCsr(registration.csr);
  const known = await findByKey(ctx.db, keyFingerprint);
  if (known) return answer(ctx, known);

  if (!worth) {
    await ctx.limits.registrationsFrom.take(from);
    await ctx.limits.registrations.take(EVERYBODY);
  } else if (worth !== 'active') {
    // Only what is unknown may be a guess. Whoever shows one that has expired was given it.
    if (worth === 'unknown') await ctx.limits.wrongTokensFrom.take(from);
    throw new AppError(`enrolment.token_${worth}`);
  } else ctx.handshakes.prove(ctx.transport);
  const newcomer: Newcomer = { registration, keyFingerprint, publicKeyDer };
  const { host, approved, isNew } = await ctx.db
    .transaction((tx) => addHost(ctx, tx, newcomer))
    .catch((error: unknown) => {
      // A host of that name was approved, or one of that key made, between our look and our commit. The second look
      // sees it.
      if (!violates(error, 'host_fqdn_approved') && !violates(error, 'host_key_unique')) throw error;
      return ctx.db.transaction((tx) => addHost(ctx, tx, newcomer));
    });
  if (isNew) {
    logAct(
      ctx,
      { hostId: host.id, fqdn: registration.fqdn, approval: host.approval, address: ctx.address },
      'host registered',
    );
    ctx.events.emit('host.approval_changed', {
      hostId: host.id,
      from: null,
      to: approved ? approved.from : host.approval,
    });
    if (approved) announceApproval(ctx, approved);
    if (token) await giveBackHandshakes(ctx, from);
  }
  return answer(ctx, host);
}

interface Newcomer {
  registration: Registration;
  keyFingerprint: string;
  publicKeyDer: Uint8Array;
}

async function addHost(ctx: Context, tx: Transaction, { registration, keyFingerprint, publicKeyDer }: Newcomer) {
  const { token: credential, csr, ...claims } = registration;
  // One new machine at a time: two of one name, or the last free place, must not both look before either is there.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sysmanage registration'))`);
  const known = await findByKey(tx, keyFingerprint);
  if (known) return { host: known, isNew: false };

  const token = credential ? await spendToken(tx, credential) : null;
  const namesakes = await tx
    .select({ approval: hosts.approval, tokenId: hosts.enrolmentTokenId })
    .from(hosts)
    .where(eq(hosts.fqdn, claims.fqdn));
  const mayEnter = token?.autoApprove === true && namesakes.every(isNoObstacle);
  if (!mayEnter) await refuseWhenFull(ctx, tx, token !== null);
  const isNameTaken = !mayEnter && namesakes.some(({ approval }) => approval !== 'rejected' && approval !== 'revoked');
  const [host] = await tx
    .insert(hosts)
    .values({
      ...claims,
      keyFingerprint,
      fingerprintWords: fingerprintWords(publicKeyDer, ctx.authority.signing.publicKeyDer),
      approval: isNameTaken ? 'conflict' : 'pending',
      registeredFrom: ctx.address,
      enrolmentTokenId: token?.id,
      tags: token?.tags,
    })
    .returning({ id: hosts.id, approval: hosts.approval });
  await tx.insert(hostEnrolments).values({ hostId: host!.id, csr });
  await tx.insert(hostEvents).values({ hostId: host!.id, kind: 'registered', actor: token?.name, detail: ctx.address });
  if (token?.fleetId)
    await tx.insert(fleetMembers).values({ fleetId: token.fleetId, hostId: host!.id, kind: 'listed', by: token.name });
  const object = hostObject({ id: host!.id, fqdn: claims.fqdn });
  await recordAudit(tx, ctx, {
    action: 'agent.register',
    // Without a token nobody has vouched for it: it is whatever machine holds this key, by the name it says it has.
    actor: token
      ? { kind: 'enrolmentToken', id: token.id, label: token.name }
      : { kind: 'agent', id: object.id, label: object.label },
    object,
    after: { approval: host!.approval, platform: claims.platform, keyFingerprint, registeredFrom: ctx.address },
  });
  if (!token || !mayEnter) return { host: host!, isNew: true };
  const approved = await letIn(ctx, tx, {
    hostId: host!.id,
    from: ['pending'],
    by: { tokenId: token.id, name: token.name },
  });
  return { host: approved.host, approved, isNew: true };
}

/**
 * Whether a token that approves may pass a namesake. Which of two machines is the right one a person decides, and one
 * that a person has turned away does not come back by another key. But a stranger that waits is nobody yet: else anyone
 * could stop the approval of machines whose names he guesses. `letIn` leaves him in conflict.
 */
const isNoObstacle = ({ approval, tokenId }: { approval: Approval; tokenId: string | null }) =>
  (approval === 'pending' || approval === 'conflict') && tokenId === null;

/**
 * Strangers fill the places of strangers only: whoever brings a token is not kept out by them. And those of one network
 * fill their share of these places only, so that one stranger does not keep out the others.
 */
async function refuseWhenFull({ config, address }: Context, tx: Transaction, hasToken: boolean): Promise<void> {
  const waiting = await tx
    .select({ from: hosts.registeredFrom, n: count() })
    .from(hosts)
    .where(
      and(inArray(hosts.approval, ['pending', 'conflict']), (hasToken ? isNotNull : isNull)(hosts.enrolmentTokenId)),
    )
    .groupBy(hosts.registeredFrom);
  const sum = (rows: typeof waiting) => rows.reduce((total, { n }) => total + n, 0);
  const { max_pending, max_pending_with_token, max_pending_per_network } = config.enrolment;
  const ofNetwork = waiting.filter(({ from }) => siteOf(from) === siteOf(address));
  const isFull = hasToken
    ? sum(waiting) >= max_pending_with_token
    : sum(waiting) >= max_pending || sum(ofNetwork) >= max_pending_per_network;
  if (isFull) throw new AppError('agent.too_many_pending', { retryAfterSeconds: FULL_RETRY_SECONDS });
}

/** Its connections were no stranger's after all. */
async function giveBackHandshakes({ limits }: Context, from: string): Promise<void> {
  await limits.handshakesFrom.giveBack(from, HANDSHAKES);
  await limits.handshakes.giveBack(EVERYBODY, HANDSHAKES);
}

/** Also by its next key: a machine may come back with a renewal that it had no time to use. */
async function findByKey(db: Database | Transaction, keyFingerprint: string) {
  const found = { id: hosts.id, approval: hosts.approval };
  const [host] = await db.select(found).from(hosts).where(eq(hosts.keyFingerprint, keyFingerprint));
  if (host) return host;
  const [renewing] = await db
    .select(found)
    .from(renewals)
    .innerJoin(hosts, eq(hosts.id, renewals.hostId))
    .where(eq(renewals.keyFingerprint, keyFingerprint));
  return renewing;
}

function answer(ctx: Context, host: Pick<typeof hosts.$inferSelect, 'id' | 'approval'>) {
  return { enrolmentId: host.id, challenge: ctx.challenges.issue(host.id), status: host.approval };
}
