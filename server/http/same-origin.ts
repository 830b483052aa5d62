import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { errorWords } from '../rest/say-error';
import { answerPlainly } from './answer-plainly';
import { createAskedFor, isEncrypted } from './asked-for';
import { peerAddress } from './client-address';

/** The largest form names a thousand hosts, in 39 kilobytes. All of a body is kept before it is known who sends it. */
const MAX_BODY_BYTES = 64 * 1024;

/** A refusal is logged at once, and those of the same kind in the next minute with the first one after it. */
const LOG_EVERY_MS = 60_000;

/** The header of a refusal by which the page knows what to say: `errors.origin` of its texts has the words. */
const FAULT_HEADER = 'X-SysManage-Fault';

/** What is wrong with where a request comes from: what to tell whoever runs the server. */
export type OriginFault = 'unknown_host' | 'untrusted_proxy' | 'silent_proxy' | 'foreign_origin';

const MEANINGS: Record<OriginFault, (peer: string) => string> = {
  unknown_host: () => 'This server is not known by that name. Without a certificate it answers under localhost alone.',
  untrusted_proxy: (peer) =>
    `The request came through a proxy at ${peer} that trusted_proxies does not name, so what it says of the browser is not believed.`,
  silent_proxy: (peer) =>
    `The proxy at ${peer} is trusted and does not say what the browser asked for: it must send Host (or X-Forwarded-Host) and X-Forwarded-Proto.`,
  foreign_origin: (peer) =>
    `The request did not come from a page of this server. If a proxy at ${peer} stands between, name it in trusted_proxies, and have it send Host and X-Forwarded-Proto.`,
};

export interface OriginGuard {
  /** Whether the page that made the request came from this server. A missing or opaque Origin did not. Logs if not. */
  isSameOrigin(request: IncomingMessage): boolean;
  /**
   * Refuses requests under a foreign name (421), changes asked for by foreign pages (403), and bodies that are too
   * large (413) or do not say how large they are (411).
   */
  guardRequests: RequestHandler;
}

/**
 * Judges where requests come from, by what the browser asked for (`asked-for.ts`).
 * @param trusted addresses and CIDR blocks of proxies
 */
export function createOriginGuard(trusted: readonly string[], log: Logger): OriginGuard {
  const askedFor = createAskedFor(trusted);

  /**
   * Without TLS we are on loopback, and nobody reaches us under another name but a page whose own name was turned to
   * 127.0.0.1 after it was loaded (DNS rebinding).
   */
  function isOwnHost(request: IncomingMessage): boolean {
    const { scheme, host } = askedFor(request);
    if (!host) return false;
    return isEncrypted(request) || scheme === 'https' || LOOPBACK.test(host);
  }

  function faultOf(request: IncomingMessage): OriginFault | null {
    const { scheme, host, isForwarded } = askedFor(request);
    const isNamed = isOwnHost(request);
    if (isNamed && request.headers.origin === `${scheme}://${host}`) return null;
    if (isForwarded) return saysTooLittle(request) ? 'silent_proxy' : 'foreign_origin';
    if (FORWARDED.some((name) => request.headers[name])) return 'untrusted_proxy';
    return isNamed ? 'foreign_origin' : 'unknown_host';
  }

  const logged = new Map<OriginFault, { at: number; more: number }>();
  function report(fault: OriginFault, request: IncomingMessage) {
    const last = logged.get(fault);
    if (last && Date.now() - last.at < LOG_EVERY_MS) return void last.more++;
    logged.set(fault, { at: Date.now(), more: 0 });
    const { origin, host } = request.headers;
    const peer = peerAddress(request);
    log.warn({ fault, peer, origin, host, alsoRefused: last?.more ?? 0 }, MEANINGS[fault](peer));
  }

  return {
    isSameOrigin(request) {
      const fault = faultOf(request);
      if (fault) report(fault, request);
      return fault === null;
    },
    guardRequests(request, response, next) {
      const refuse = (status: 403 | 421, fault: OriginFault) => {
        report(fault, request);
        response.set(FAULT_HEADER, fault);
        const line = `${MEANINGS[fault](peerAddress(request))}\nSee docs/behind-a-proxy.md.`;
        answerPlainly(request, response, {
          ...{ status, line },
          say: (language) => errorWords.text(`errors.origin.${fault}`, language),
        });
      };
      if (!isOwnHost(request)) return refuse(421, faultOf(request) ?? 'unknown_host');
      if (request.method === 'GET' || request.method === 'HEAD') return next();
      const fault = faultOf(request);
      if (fault) return refuse(403, fault);
      const length = request.headers['content-length'];
      if (length === undefined && request.headers['transfer-encoding']) return void response.sendStatus(411);
      if (Number(length ?? 0) > MAX_BODY_BYTES)
        return answerPlainly(request, response, {
          ...{ status: 413, line: 'Payload Too Large' },
          say: (language) => errorWords.say('request.too_large', language, null),
        });
      next();
    },
  };
}

/** As a Host header names this machine to itself. */
export const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** Whether a trusted proxy names no scheme, or calls us by the name that it has for us itself. */
const saysTooLittle = ({ headers }: IncomingMessage) =>
  !headers['x-forwarded-proto'] || (!headers['x-forwarded-host'] && LOOPBACK.test(headers.host ?? ''));

/** What tells of a proxy (RFC 7239, and what was there before it). */
export const FORWARDED = ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for', 'forwarded', 'via'] as const;
