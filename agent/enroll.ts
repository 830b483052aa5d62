import { createTRPCClient, httpLink, TRPCClientError, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '../server/router';
import { Retry } from './connection/backoff';
import type { Proxy } from './connection/proxy';
import { checkCertificate, hostIdOf } from './certificate';
import { createClockWatch, explainClocks } from './clock';
import type { MachineFacts } from './collect/machine';
import { EXIT, FatalError } from './process/exit-codes';
import { explainFailure } from './process/explain-failure';
import { fingerprintWords } from './fingerprint';
import type { EnrolmentToken } from './enrolment-token';
import { createHttpsClient } from './https-fetch';
import { createCsr, proveEnrolment, type Identity } from './identity';
import type { Log } from './process/log';
import type { Approval } from './protocol';
import type { Servers } from './servers';
import type { Keeper } from './state/keeper';
import { FILES } from './state/open-folder';
import { settingsOf, type Changes } from './state/settings';
import { removeToken } from './state/token';
import type { Trust } from './trust/establish-trust';
import { words, type Words } from '../words/words';

/** An answer that came back so quickly with nothing new in it is not a long poll. */
const SUSPICIOUSLY_QUICK_MS = 1_000;

export interface Enrolment {
  folder: string;
  servers: Servers;
  identity: Identity;
  trust: Trust;
  /** What to join with: once, until the server has taken it. */
  token: EnrolmentToken | null;
  facts: MachineFacts;
  /** What is between this machine and the server. */
  proxy?: Proxy | null;
  keeper: Keeper;
  /** Keeps what is to be known at the next start. */
  remember: (changes: Changes) => void;
  log: Log;
  signal: AbortSignal;
  random?: () => number;
}

/**
 * Registers this machine and waits for a person's decision as long as it takes.
 * Survives a server that restarts, forgets it or is away. Ends only with the certificate (PEM), which is the caller's
 * to keep, when `signal` aborts, or with a FatalError when the server says that the enrolment token is worth nothing:
 * waiting would not mend that.
 */
export async function enroll(enrolment: Enrolment): Promise<string> {
  const { servers, identity, trust, remember, log, signal, proxy = null } = enrolment;
  const https = createHttpsClient({ authorities: trust.authorities, onDate: createClockWatch(log), proxy });
  const retry = new Retry(enrolment);
  const fingerprint = fingerprintWords(identity.publicKeyDer, trust.signingKeyDer);
  log.info(words('agent.enrol.words', { words: fingerprint }));
  log.info(words('agent.enrol.ca', { pins: trust.pins.join(', ') }));
  let { token } = enrolment;
  try {
    for (;;) {
      const server = servers.current;
      const client = createTRPCClient<AppRouter>({
        links: [httpLink({ url: new URL('/trpc', server).href, fetch: https.fetch })],
      });
      let isRegistered = false;
      try {
        const answer = await register(client, enrolment, token);
        isRegistered = true;
        servers.worked();
        // Its use is spent with our row. Should the server forget the row, a person has to look.
        if (token) keepServers(enrolment);
        token = null;
        const pem = await awaitCertificate(client, enrolment, answer, retry);
        const certificate = checkCertificate(pem, identity, trust.authorities);
        remember({ host_id: hostIdOf(certificate) });
        return certificate;
      } catch (error) {
        signal.throwIfAborted();
        const refusal = refusalOf(error);
        const fatal = refusal && tokenRefusal(refusal.appCode);
        if (fatal) throw fatal;
        const why = refusal
          ? explainRefusal(refusal.appCode)
          : [explainFailure(error, server), ...(await explainClocks(error, server, proxy))];
        if (refusal?.retryAfterSeconds) await retry.afterSeconds(refusal.retryAfterSeconds, why);
        else if (refusal || isRegistered) await retry.after(why);
        else {
          const round = servers.failed(why);
          if (round) await retry.after(round);
        }
      }
    }
  } finally {
    https.close();
  }
}

async function register(
  client: TRPCClient<AppRouter>,
  { identity, facts, signal }: Enrolment,
  token: EnrolmentToken | null,
) {
  const { fqdn, platform, osName, osVersion, addresses, agentVersion } = facts;
  const csr = await createCsr(identity, fqdn);
  const claims = { csr, fqdn, platform, osName, osVersion, addresses, agentVersion, token: token?.credential };
  return client.agents.register.mutate(claims, { signal });
}

/** The addresses first: without them a restart would not know where to go once the token is gone. */
function keepServers({ folder, servers, keeper, remember }: Enrolment): void {
  remember(settingsOf(servers.all));
  keeper.keep(FILES.token, () => removeToken(folder));
}

async function awaitCertificate(
  client: TRPCClient<AppRouter>,
  { identity, facts, log, signal }: Enrolment,
  { enrolmentId, challenge, status }: { enrolmentId: string; challenge: string; status: Approval },
  retry: Retry,
): Promise<string> {
  const proof = proveEnrolment(identity, enrolmentId, challenge);
  let known = status;
  announce(log, known, facts.fqdn);
  while (known !== 'approved') {
    const asked = performance.now();
    const answer = await client.agents.enrolment.mutate({ ...proof, known }, { signal });
    if (answer.status === known && performance.now() - asked < SUSPICIOUSLY_QUICK_MS) {
      await retry.after(words('agent.enrol.no_wait'));
      continue;
    }
    retry.succeeded();
    if (answer.status !== known) announce(log, answer.status, facts.fqdn);
    known = answer.status;
  }
  return (await client.agents.certificate.mutate(proof, { signal })).certificate;
}

function announce(log: Log, status: Approval, fqdn: string): void {
  switch (status) {
    case 'pending':
      return log.info(words('agent.enrol.pending', { name: fqdn }));
    case 'conflict':
      return log.warn(words('agent.enrol.conflict', { name: fqdn }));
    case 'rejected':
      return log.warn(words('agent.enrol.rejected'));
    case 'revoked':
      return log.warn(words('agent.enrol.revoked'));
    case 'approved':
      return log.debug(words('agent.enrol.approved'));
  }
}

/** What the server refused, by its own word; null for a failure of anything else. */
function refusalOf(error: unknown): { appCode: string; retryAfterSeconds: number | null } | null {
  const data = error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>).data : null;
  return data?.appCode ? { appCode: data.appCode, retryAfterSeconds: data.retryAfterSeconds } : null;
}

/** An enrolment token that is worth nothing: each way its own sentence and exit code. */
function tokenRefusal(appCode: string): FatalError | null {
  switch (appCode) {
    case 'enrolment.token_expired':
      return new FatalError(EXIT.TOKEN_EXPIRED, words('agent.token.expired'));
    case 'enrolment.token_used_up':
      return new FatalError(EXIT.TOKEN_USED_UP, words('agent.token.used_up'));
    case 'enrolment.token_revoked':
      return new FatalError(EXIT.TOKEN_REVOKED, words('agent.token.revoked'));
    case 'enrolment.token_unknown':
      return new FatalError(EXIT.TOKEN_UNKNOWN, words('agent.token.unknown'));
    default:
      return null;
  }
}

/** Refusals that registering again may mend. */
function explainRefusal(appCode: string): Words {
  switch (appCode) {
    case 'agent.challenge_expired':
    case 'agent.proof_invalid':
      return words('agent.enrol.challenge');
    case 'agent.unknown':
      return words('agent.enrol.forgotten');
    case 'agent.lapsed_too_long':
      return words('agent.enrol.lapsed');
    case 'agent.not_approved':
      return words('agent.enrol.withdrawn');
    case 'agent.too_many_pending':
      return words('agent.enrol.too_many_wait');
    case 'agent.too_many_registrations':
    case 'enrolment.too_many_wrong_tokens':
      return words('agent.enrol.too_many_ask');
    default:
      return words('agent.enrol.refused', { code: appCode });
  }
}
