import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isIPv4, isIPv6 } from 'node:net';
import type { Config } from './config';
import { AppError, type AppErrorCode } from './errors';

/**
 * How much may be asked for: by machines, counted on what they can least easily change, and by people for what is their
 * own. People's limits at the door, which all processes share: auth/attempts.ts.
 */
export interface Limits {
  /**
   * New machines without a token from one address. A site behind one address enrols its machines within minutes, not
   * within seconds.
   */
  registrationsFrom: Limit;
  /** The same from anywhere, under the key `EVERYBODY`. */
  registrations: Limit;
  /**
   * Asking to join without a token that counts, also by machines that are known: each costs the check of a signature.
   */
  registrationCallsFrom: Limit;
  /**
   * Asking to join with one token that counts, from anywhere: a token for any number of machines may be in the wrong
   * hands.
   */
  registrationsWith: Limit;
  /** Tokens that we do not know, from one address. */
  wrongTokensFrom: Limit;
  /** TLS connections without a certificate of an approved host, from one address. */
  handshakesFrom: Limit;
  /** The same from anywhere, under the key `EVERYBODY`. */
  handshakes: Limit;
  /** What is left to an address that hosts of ours connect from when `handshakesFrom` or `handshakes` is used up. */
  handshakesBesideHosts: Limit;
  /**
   * And what is left when that is too, while hosts are away from there: of `FULL`, the less for each the more they are.
   */
  handshakesComingBack: Limit;
  /** Fetching the API's document and documentation, which are large and answered to anybody, from one address. */
  documents: Limit;
  /** Errors that one agent reports; each is a row. */
  agentErrors: Limit;
  /** Certificates that one host asks for; each is a row for as long as it counts. */
  renewals: Limit;
  /**
   * Changes of what is their own by one person, whatever their role, and the times they sign in: each is a record that
   * is never deleted.
   */
  ownChanges: Limit;
}

export interface Limit {
  /** Counts one, or so many. Throws, naming when to come back, once there were too many in the last while. */
  take(key: string, points?: number): Promise<void>;
  /** Uncounts what turned out to be rightful. */
  giveBack(key: string, points?: number): Promise<void>;
}

/** The key of a limit that all share. */
export const EVERYBODY = 'everybody';

/**
 * What limits count an address as. Whoever has one IPv6 address has the 2^64 of its network, and would never meet a
 * limit of a single one.
 */
export function networkOf(address: string): string {
  return isIPv6(address) ? prefixOf(address, 4) : address;
}

/**
 * What one customer of a provider may easily have all of: the /24 of an IPv4 address, the /48 of an IPv6 one (RFC
 * 6177). For locks that must not be earned many times over by one stranger.
 */
export function siteOf(address: string): string {
  if (isIPv6(address)) return prefixOf(address, 3);
  return isIPv4(address) ? `${address.split('.').slice(0, 3).join('.')}.0/24` : address;
}

/** The network of so many groups of 16 bits that an IPv6 address is in. */
function prefixOf(address: string, length: number): string {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const left = groups(head);
  // In `::` stand as many zeros as are missing; an embedded IPv4 address would count for two, but is in the last half.
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - groups(tail).length);
  const all = [...left, ...Array<string>(zeros).fill('0'), ...groups(tail)];
  return `${all
    .slice(0, length)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/${length * 16}`;
}

/** A machine that waits asks again once an hour, and after each restart of either end. */
const CALLS_PER_REGISTRATION = 10;

/** All of a limit of which each takes a share; the limiter counts whole numbers. */
export const FULL = 1_000_000;

/** The page of the documentation is five files and the document. */
const DOCUMENTS_A_MINUTE = 120;

/** In memory, of this process: a restart forgives everybody. */
export function createLimits({ enrolment }: Pick<Config, 'enrolment'>): Limits {
  const aMinute = (points: number, code: AppErrorCode) => createLimit({ points, duration: 60, code });
  return {
    registrationsFrom: aMinute(enrolment.registrations_per_address, 'agent.too_many_registrations'),
    registrations: aMinute(enrolment.registrations, 'agent.too_many_registrations'),
    registrationCallsFrom: aMinute(
      enrolment.registrations_per_address * CALLS_PER_REGISTRATION,
      'agent.too_many_registrations',
    ),
    registrationsWith: aMinute(enrolment.registrations_per_token, 'agent.too_many_registrations'),
    wrongTokensFrom: aMinute(enrolment.wrong_tokens_per_address, 'enrolment.too_many_wrong_tokens'),
    handshakesFrom: aMinute(enrolment.handshakes_per_address, 'agent.too_many_handshakes'),
    handshakes: aMinute(enrolment.handshakes, 'agent.too_many_handshakes'),
    handshakesBesideHosts: aMinute(enrolment.handshakes_per_address, 'agent.too_many_handshakes'),
    handshakesComingBack: aMinute(FULL, 'agent.too_many_handshakes'),
    documents: aMinute(DOCUMENTS_A_MINUTE, 'request.too_many'),
    agentErrors: createLimit({ points: 20, duration: 600, code: 'agent.too_many_errors' }),
    renewals: createLimit({ points: 20, duration: 3600, code: 'agent.too_many_renewals' }),
    ownChanges: aMinute(120, 'request.too_many'),
  };
}

function createLimit({ points, duration, code }: { points: number; duration: number; code: AppErrorCode }): Limit {
  const limiter = new RateLimiterMemory({ points, duration });
  /** The last that was given back: the next waits for it, or both would see the same as taken. */
  let given = Promise.resolve();
  return {
    async take(key, points = 1) {
      try {
        await limiter.consume(key, points);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new AppError(code, { retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) });
      }
    },
    giveBack(key, points = 1) {
      const give = async () => {
        // Never more than was taken: what is below nothing would be an allowance for strangers.
        const taken = (await limiter.get(key))?.consumedPoints ?? 0;
        if (taken > 0) await limiter.reward(key, Math.min(points, taken));
      };
      given = given.then(give, give);
      return given;
    },
  };
}
