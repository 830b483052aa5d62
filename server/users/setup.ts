import { createHmac } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { setupTokens, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { hashPassword } from '../auth/password';
import { refuseWeakPassword } from '../auth/password-rule';
import { ConfigError } from '../config';
import { AppError } from '../errors';
import type { Services } from '../services';
import { logAct } from '../log';
import type { Context } from '../context';
import { hashToken } from './links';
import { userObject } from './user-object';
import { words } from '../../words/words';

/** Processes that start within this time say the same link, in ms. */
const AT_ONCE_MS = 60_000;

/**
 * A one-time token for the setup link, or null when there is an administrator already. It replaces the one before, so
 * that whoever restarts the server because the link was lost gets a working one; but processes that start at once get
 * the same, because a link that is printed must open the page.
 * @param key shared by all processes of this installation, and by nobody else
 */
export async function openSetup(db: Database, key: Buffer, now = Date.now()): Promise<string | null> {
  const time = Math.floor(now / AT_ONCE_MS);
  const tokenAt = (minute: number) =>
    createHmac('sha256', key).update(`setup ${minute}`).digest('base64url').slice(0, 32);
  return db.transaction(async (tx) => {
    // Processes that start at once would each leave a token that the others do not see.
    await tx.execute(sql`lock table ${setupTokens} in share row exclusive mode`);
    const [given] = await tx.delete(setupTokens).returning();
    if (await hasUsers(tx)) return null;
    // Whose minute is the next one may have been here first.
    const near = [time, time - 1, time + 1].map(tokenAt);
    const token = near.find((one) => given?.hash === hashToken(one)) ?? tokenAt(time);
    await tx.insert(setupTokens).values({ hash: hashToken(token) });
    return token;
  });
}

/** Whether the link with this token still opens the setup page. */
export async function isSetupOpen(db: Database, token: string): Promise<boolean> {
  const found = await db
    .select()
    .from(setupTokens)
    .where(eq(setupTokens.hash, hashToken(token)));
  return found.length > 0 && !(await hasUsers(db));
}

/**
 * Makes the first administrator and signs them in. Throws `setup.closed` without the token, or once there is a user;
 * `password.common`, `password.is_email`.
 */
export async function setUp(
  ctx: Context,
  { token, email, password }: { token: string; email: string; password: string },
): Promise<void> {
  // Before the slow hash: whoever has no token must not keep the processor busy.
  if (!(await isSetupOpen(ctx.db, token))) throw new AppError('setup.closed');
  await refuseWeakPassword(password, email);
  const passwordHash = await hashPassword(password);
  const { userId, cookie } = await ctx.db.transaction(async (tx) => {
    // Taking the row is what decides between two requests with the same link; the second one finds nothing.
    const taken = await tx
      .delete(setupTokens)
      .where(eq(setupTokens.hash, hashToken(token)))
      .returning();
    if (taken.length === 0 || (await hasUsers(tx))) throw new AppError('setup.closed');
    const [user] = await tx
      .insert(users)
      .values({ email, passwordHash, role: 'administrator', lastSignInAt: new Date() })
      .returning();
    const account = { id: user!.id, label: email };
    await recordAudit(tx, ctx, {
      action: 'user.setup',
      actor: { kind: 'person', ...account },
      object: userObject(user!),
      after: { role: 'administrator' },
    });
    return { userId: user!.id, cookie: await ctx.sessions.start(user!.id, ctx, tx) };
  });
  logAct(ctx, { userId }, 'first administrator created by the setup link');
  ctx.setCookie?.(cookie);
  ctx.setCookie?.(ctx.knownDevices.makeCookie({ id: userId, email }, new Date()));
}

/**
 * The administrator named in the configuration, made when there is no user at all. Returns whether it was made.
 * @throws ConfigError when the password is one that nobody could choose on a page
 */
export async function ensureConfiguredAdministrator(
  { db, audit }: Pick<Services, 'db' | 'audit'>,
  { email, password }: { email: string; password: string },
): Promise<boolean> {
  if (await hasUsers(db)) return false;
  await refuseWeakPassword(password, email).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    const isEmail = error.appCode === 'password.is_email';
    throw new ConfigError([words(isEmail ? 'server.admin.password_is_email' : 'server.admin.password_common')]);
  });
  const passwordHash = await hashPassword(password);
  // Several processes may start at once with the same configuration: the unique e-mail lets one of them in.
  return db.transaction(async (tx) => {
    const [made] = await tx
      .insert(users)
      .values({ email, passwordHash, role: 'administrator' })
      .onConflictDoNothing()
      .returning();
    if (made)
      await recordAudit(
        tx,
        { audit },
        { action: 'user.configure', object: userObject(made), after: { role: made.role } },
      );
    return made !== undefined;
  });
}

const hasUsers = async (db: Database | Transaction) =>
  (await db.select({ id: users.id }).from(users).limit(1)).length > 0;
