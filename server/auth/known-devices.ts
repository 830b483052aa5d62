import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../process/derive-key';

const DAY_SECONDS = 24 * 60 * 60;
/** Whoever has not signed in for so long is a stranger. */
const LIFETIME_SECONDS = 366 * DAY_SECONDS;

/** Whose browser or script it is, and since when. `id` is what its failures are counted under. */
export interface KnownDevice {
  id: string;
  userId: string;
  since: Date;
}

interface Person {
  id: string;
  email: string;
}

/**
 * Proofs that somebody has signed in to an account from here before (OWASP, "Slow Down Online Guessing Attacks with
 * Device Cookies"). One lets nobody in: it gives whoever shows it attempts of their own at that account, which no
 * stranger's guesses use up.
 */
export interface KnownDevices {
  /** A new proof, for who has just signed in. */
  make(person: Person, now: Date): string;
  /** The same as a Set-Cookie header. */
  makeCookie(person: Person, now: Date): string;
  /** The proofs in a Cookie header, unjudged. */
  shownIn(cookieHeader: string | undefined): string[];
  /**
   * The first of them that this server made for the account of this e-mail. Whether the account still counts it is
   * `isStillKnown`.
   */
  find(shown: readonly string[], email: string, now: Date): KnownDevice | null;
}

/**
 * @param serverSecret any process that is to believe the proofs must have the same
 * @param secure the cookie travels over HTTPS only
 * @param name part of the cookie's name, as of the session's
 */
export function createKnownDevices(
  serverSecret: string,
  { secure, name }: { secure: boolean; name: string },
): KnownDevices {
  const key = deriveKey(serverSecret, 'sysmanage known device v1');
  const start = `${secure ? '__Host-' : ''}sysmanage-device-${name}-`;
  // The e-mail is signed and not shown: for an account that got another one, or an e-mail that got another account, it
  // proves nothing.
  const seal = (claims: string, email: string) =>
    createHmac('sha256', key).update(`${claims}.${email.toLowerCase()}`).digest();

  const make: KnownDevices['make'] = ({ id, email }, now) => {
    const claims = `${id}.${now.getTime()}.${randomBytes(16).toString('base64url')}`;
    return `${claims}.${seal(claims, email).toString('base64url')}`;
  };

  function read(text: string, email: string, now: Date): KnownDevice | null {
    const [userId, since, id, sealed, ...rest] = text.split('.');
    if (!userId || !since || !id || !sealed || rest.length > 0) return null;
    const [given, right] = [Buffer.from(sealed, 'base64url'), seal(`${userId}.${since}.${id}`, email)];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const made = Number(since);
    return made + LIFETIME_SECONDS * 1000 > now.getTime() ? { id, userId, since: new Date(made) } : null;
  }

  return {
    make,
    makeCookie(person, now) {
      // One an account: who signs in to two in one browser is known to both.
      const name = start + person.id.slice(-12);
      return `${name}=${make(person, now)}; Max-Age=${LIFETIME_SECONDS}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    },
    shownIn: (cookieHeader) =>
      (cookieHeader ?? '')
        .split(/; */)
        .filter((pair) => pair.startsWith(start))
        .map((pair) => pair.slice(pair.indexOf('=') + 1)),
    find: (shown, email, now) => shown.map((text) => read(text, email, now)).find((device) => device !== null) ?? null,
  };
}

/** Whether it is a device of this user, and nobody has shut out whoever was in since. */
export const isStillKnown = (
  device: Pick<KnownDevice, 'userId' | 'since'>,
  user: { id: string; devicesSince: Date | null },
): boolean => device.userId === user.id && (user.devicesSince === null || device.since >= user.devicesSince);
