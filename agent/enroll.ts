import { createTRPCClient, httpLink, TRPCClientError, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '../server/router';
import { Retry } from './backoff';
import { hostIdOf, keepCertificate } from './certificate';
import { createClockWatch, explainClocks } from './clock';
import type { MachineFacts } from './collect/machine';
import { explainFailure } from './explain-failure';
import { fingerprintWords } from './fingerprint';
import { createHttpsClient } from './https-fetch';
import { createCsr, proveEnrolment, type Identity } from './identity';
import type { Log } from './log';
import type { Approval } from './protocol';
import { keepSettings } from './state/settings';
import type { Trust } from './trust/establish-trust';

/** An answer that came back so quickly with nothing new in it is not a long poll. */
const SUSPICIOUSLY_QUICK_MS = 1_000;

export interface Enrolment {
  folder: string;
  server: URL;
  identity: Identity;
  trust: Trust;
  facts: MachineFacts;
  log: Log;
  signal: AbortSignal;
  random?: () => number;
}

/**
 * Registers this machine, waits for a person's decision as long as it takes, and stores the certificate.
 * Survives a server that restarts, forgets it or is away. Ends only with the certificate (PEM) or when `signal` aborts.
 */
export async function enroll(enrolment: Enrolment): Promise<string> {
  const { folder, server, identity, trust, log, signal } = enrolment;
  const https = createHttpsClient({ authorities: trust.authorities, onDate: createClockWatch(log) });
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: new URL('/trpc', server).href, fetch: https.fetch })],
  });
  const retry = new Retry(enrolment);
  log.info(`fingerprint words: ${fingerprintWords(identity.publicKeyDer, trust.signingKeyDer)}`);
  log.info(`CA of the server:  ${trust.pins.join(', ')}`);
  try {
    for (;;) {
      try {
        const answer = await register(client, enrolment);
        const pem = await awaitCertificate(client, enrolment, answer, retry);
        const certificate = keepCertificate(folder, pem, identity, trust.authorities);
        keepSettings(folder, { host_id: hostIdOf(certificate) });
        log.info('approved: the certificate is stored');
        return certificate;
      } catch (error) {
        signal.throwIfAborted();
        await retry.after(explainRefusal(error) ?? explainFailure(error, server) + (await explainClocks(error, server)));
      }
    }
  } finally {
    https.close();
  }
}

async function register(client: TRPCClient<AppRouter>, { identity, facts, signal }: Enrolment) {
  const { fqdn, platform, osName, osVersion, addresses, agentVersion } = facts;
  const csr = await createCsr(identity, fqdn);
  return client.agents.register.mutate({ csr, fqdn, platform, osName, osVersion, addresses, agentVersion }, { signal });
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
      await retry.after('the server answers without waiting');
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
      return log.info(`registered as ${fqdn}; waiting for an administrator to compare the words above and approve`);
    case 'conflict':
      return log.warn(
        `another machine is registered as ${fqdn} with another key; waiting for an administrator to decide`,
      );
    case 'rejected':
      return log.warn(`an administrator rejected this machine; waiting quietly in case that changes`);
    case 'revoked':
      return log.warn(`an administrator revoked this machine's certificate; waiting quietly in case that changes`);
    case 'approved':
      return log.debug('approved; collecting the certificate');
  }
}

/** The server's own refusals, each of which registering again may mend. */
function explainRefusal(error: unknown): string | undefined {
  const appCode = error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>).data?.appCode : undefined;
  switch (appCode) {
    case undefined:
      return undefined;
    case 'agent.challenge_expired':
    case 'agent.proof_invalid':
      return 'the enrolment challenge is no longer accepted';
    case 'agent.unknown':
      return 'the server no longer knows this machine';
    case 'agent.lapsed_too_long':
      return (
        "this machine's certificate lapsed too long ago to be renewed by itself; an administrator must delete this " +
        'host on the server: it then registers anew and waits for approval'
      );
    case 'agent.not_approved':
      return 'the approval was withdrawn before the certificate was collected';
    case 'agent.too_many_pending':
      return 'too many machines wait for approval on the server';
    default:
      return `the server refuses the registration (${appCode})`;
  }
}
