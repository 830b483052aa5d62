import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createProxyCheck, peerAddress } from '../http/client-address';
import { FORWARDED, LOOPBACK } from '../http/same-origin';
import { logFailure } from '../log';
import type { Services } from '../services';
import { bearerOf } from '../tokens/bearer-of';
import { EXPOSITION_TYPE, writeFamilies } from './exposition';
import { serviceFamilies } from './service-families';

const LOOPBACK_ADDRESS = /^(127\.|::1$)/;

/**
 * What watches a server asks: `/healthz` while the process lives, `/readyz` whether it serves, `/metrics` how much.
 * @returns whether it was one of these and is being answered
 */
export function createOperations(services: Services) {
  const { config, log, measures, readiness } = services;
  const families = [...measures.families, ...serviceFamilies(services)];
  const mayMeasure = createMetricsGuard(config);
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void> = {
    '/healthz': (_request, response) => say(response, 200, 'ok\n'),
    async '/readyz'(_request, response) {
      const obstacle = await readiness();
      if (obstacle) response.setHeader('Retry-After', '5');
      say(response, obstacle ? 503 : 200, `${obstacle ?? 'ready'}\n`);
    },
    async '/metrics'(request, response) {
      if (!mayMeasure(request)) {
        response.setHeader('WWW-Authenticate', 'Bearer');
        return say(response, 401, 'The figures are for this machine itself, or for who shows ops.token.\n');
      }
      const text = await writeFamilies(families, (name, error) =>
        logFailure(log, `${name} could not be measured`, error),
      );
      say(response, 200, text, EXPOSITION_TYPE);
    },
  };
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = request.url!.split('?')[0]!;
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (!answer || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    Promise.resolve(answer(request, response)).catch((error: unknown) => {
      logFailure(log, `${path} could not be answered`, error);
      if (!response.headersSent) say(response, 500, 'The log says why.\n');
    });
    return true;
  };
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8') {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-store');
  response.end(text);
}

/**
 * Who may see figures: somebody on this machine, or who shows the token. A proxy on this machine has everybody's
 * requests: what it passes on is not from here, and no page may turn its own name to this machine and read them.
 */
function createMetricsGuard({ ops, trusted_proxies }: Services['config']) {
  const isProxy = createProxyCheck(trusted_proxies);
  return (request: IncomingMessage): boolean => {
    const { headers } = request;
    const shown = bearerOf(headers.authorization);
    if (ops.token && shown !== null) return timingSafeEqual(digest(shown), digest(ops.token));
    const peer = peerAddress(request);
    const isPassedOn = isProxy(peer) || FORWARDED.some((name) => headers[name]);
    return LOOPBACK_ADDRESS.test(peer) && LOOPBACK.test(headers.host ?? '') && !isPassedOn;
  };
}

/** Of one length, as comparing in constant time takes. */
const digest = (text: string) => createHash('sha256').update(text).digest();
