import { DrizzlePostgreSQLAdapter } from '@lucia-auth/adapter-drizzle';
import { createHash } from 'node:crypto';
import { generateIdFromEntropySize, Lucia, TimeSpan } from 'lucia';
import type { Database, Transaction } from '../../db/client';
import { sessions, users } from '../../db/schema';
import { type GrantedRole, type Rights, rightsOf, type Role } from './permissions';

/** Who a request speaks for, and what it may do in their name. */
export interface Session extends Rights {
  /** Of the cookie's session, the chain of tokens, or the API key. */
  id: string;
  via: 'cookie' | 'token' | 'key';
  /** What its owner called the API key, when it is one. */
  keyName?: string;
  user: {
    id: string;
    email: string;
    name: string;
    role: Role;
    grantedRoles: GrantedRole[];
    /** Another number: something else is granted to them. */
    grantsVersion: number;
    language: string | null;
  };
}

type UserColumns = Omit<Session['user'], 'id'> & { deactivatedAt: Date | null };

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<never, never>, UserColumns>;
    DatabaseUserAttributes: UserColumns;
    DatabaseSessionAttributes: SignedInFrom;
  }
}

/** What a session says of its user, to be selected where it is not found by a cookie. */
const { id, email, name, role, grantedRoles, grantsVersion, language } = users;
export const personColumns = { id, email, name, role, grantedRoles, grantsVersion, language };

/** Where a session was started, for its owner to recognise it. */
interface SignedInFrom {
  address: string;
  /** As the browser calls itself. Any text. */
  userAgent: string;
}

const UNKNOWN: SignedInFrom = { address: '', userAgent: '' };

/** People's sessions. The only file that knows Lucia, which no longer gets new features upstream. */
export interface Sessions {
  /**
   * Signs in: makes a session and returns the Set-Cookie header for it.
   * @param on the transaction that it is part of
   */
  start(userId: string, from?: SignedInFrom, on?: Database | Transaction): Promise<string>;
  /** The session a Cookie header stands for, or null when it stands for none that is alive. */
  find(cookieHeader: string | undefined): Promise<Session | null>;
  /** Whether a Cookie header holds a session at all, alive or not. */
  isShown(cookieHeader: string | undefined): boolean;
  /**
   * Signs out: ends the session for good and returns the Set-Cookie header that clears the cookie.
   * @param on the transaction that it is part of
   */
  end(sessionId: string, on?: Database | Transaction): Promise<string>;
}

/**
 * @param secure the cookie travels over HTTPS only
 * @param name part of the cookie's name, as `nameForCookies` makes it
 */
export function createSessions(db: Database, { secure, name }: { secure: boolean; name: string }): Sessions {
  const luciaOn = (on: Database | Transaction) =>
    new Lucia(new DrizzlePostgreSQLAdapter(on, sessions, users), {
      sessionExpiresIn: new TimeSpan(2, 'w'),
      sessionCookie: {
        // The server decides when a session ends, and use prolongs it; a cookie with its own date would end first.
        expires: false,
        name: secure ? `__Host-sysmanage-${name}` : `sysmanage-${name}`,
        // Lax, not strict: a link in a message must open signed in. Changes are guarded by the origin check.
        attributes: { secure, sameSite: 'lax', path: '/' },
      },
      getUserAttributes: ({ email, name, role, grantedRoles, grantsVersion, language, deactivatedAt }) => ({
        ...{ email, name, role, grantedRoles, grantsVersion, language, deactivatedAt },
      }),
    });
  const lucia = luciaOn(db);
  return {
    async start(userId, from = UNKNOWN, on = db) {
      // 200 bits. The row holds only the hash, so that a copy of the database signs nobody in.
      const secret = generateIdFromEntropySize(25);
      const { address, userAgent } = from;
      await luciaOn(on).createSession(
        userId,
        { address, userAgent: userAgent.slice(0, 500) },
        { sessionId: hash(secret) },
      );
      return lucia.createSessionCookie(secret).serialize();
    },
    async find(cookieHeader) {
      const secret = readCookie(cookieHeader, lucia.sessionCookieName);
      if (!secret) return null;
      const { session, user } = await lucia.validateSession(hash(secret));
      if (!session || user.deactivatedAt) return null;
      const { id, email, name, role, grantedRoles, grantsVersion, language } = user;
      const person = { id, email, name, role, grantedRoles, grantsVersion, language };
      return { id: session.id, via: 'cookie', user: person, ...rightsOf(user) };
    },
    isShown: (cookieHeader) => Boolean(readCookie(cookieHeader, lucia.sessionCookieName)),
    async end(sessionId, on = db) {
      await luciaOn(on).invalidateSession(sessionId);
      return lucia.createBlankSessionCookie().serialize();
    },
  };
}

/**
 * Lucia's own reader throws when any cookie of the host, ours or not, holds a stray percent sign. Ours needs no
 * decoding.
 */
function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(/; */).find((pair) => pair.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');
