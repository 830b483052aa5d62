import { request } from 'node:https';
import type { Proxy } from './connection/proxy';
import { TunnelAgent } from './https-fetch';
import { errorCode } from './process/explain-failure';
import type { Log } from './process/log';
import { words, type Words } from '../words/words';

const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * A day and an hour, by which a wrong date and a wrong zone may be off together. Certificates begin to count two days
 * before they are made, and nothing else asks a clock.
 */
const TOLERATED_MS = DAY_MS + 60 * 60 * 1000;
const PATIENCE_MS = 5_000;

/**
 * In words, when this machine's clock and the server's are more than a day apart; else null.
 *
 * @param date the `Date` of an HTTP answer (RFC 9110, 6.6.1)
 */
export function compareClocks(date: string | undefined, now = new Date()): Words | null {
  const server = new Date(date ?? NaN);
  const apartMs = Math.abs(server.getTime() - now.getTime());
  if (Number.isNaN(apartMs) || apartMs <= TOLERATED_MS) return null;
  return words('agent.clock.apart', {
    here: now.toISOString(),
    there: server.toISOString(),
    days: Number((apartMs / DAY_MS).toFixed(1)),
  });
}

/** Looks at the date of every answer and warns once. */
export function createClockWatch(log: Log): (date: string | undefined) => void {
  let hasWarned = false;
  return (date) => {
    const why = hasWarned ? null : compareClocks(date);
    if (why) log.warn(why);
    hasWarned ||= why !== null;
  };
}

/** What to add to the reason of a failure: both clocks, when a certificate's dates are what failed. Never rejects. */
export async function explainClocks(error: unknown, server: URL, proxy: Proxy | null = null): Promise<Words[]> {
  const code = errorCode(error);
  if (code !== 'CERT_NOT_YET_VALID' && code !== 'CERT_HAS_EXPIRED') return [];
  const why = compareClocks(await askTime(server, proxy));
  return why ? [why] : [];
}

/** Of a server whose certificate does not hold: nothing but a date is asked of it, and only a log line made of it. */
function askTime(server: URL, proxy: Proxy | null): Promise<string | undefined> {
  const agent = proxy ? new TunnelAgent({}, proxy) : false;
  return new Promise((resolve) => {
    const call = request(server, { method: 'HEAD', agent, rejectUnauthorized: false, timeout: PATIENCE_MS });
    call.once('response', (response) => {
      response.resume();
      resolve(response.headers.date);
    });
    call.once('timeout', () => call.destroy());
    // No answer is no date: what is to be explained is the failure before it.
    call.once('error', () => resolve(undefined)).once('close', () => resolve(undefined));
    call.end();
  });
}
