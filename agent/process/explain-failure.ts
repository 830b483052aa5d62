import { saidBy } from '../../words/said-error';
import { words, type Words } from '../../words/words';

/** Verification failures of OpenSSL that mean: this chain does not end in the CA we trust. */
const FOREIGN_AUTHORITY = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What went wrong between this machine and the server, in one line a person can act on. */
export function explainFailure(error: unknown, server: URL): Words {
  const code = errorCode(error) ?? '';
  const where = server.host;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const name = server.hostname.replace(/^\[|\]$/g, '');
    return words('agent.connection.certificate_name', { name });
  }
  if (FOREIGN_AUTHORITY.has(code)) return words('agent.connection.foreign', { server: where, code });
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED')
    return words('agent.connection.certificate_time', { code });
  if (code === 'ECONNREFUSED') return words('agent.connection.no_listener', { server: where });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return words('agent.connection.no_name', { name: server.hostname, code });
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return words('agent.connection.unreachable', { server: where, code });
  if (code === 'ECONNRESET' || code === 'EPIPE') return words('agent.connection.broke_by', { server: where, code });
  return words('agent.connection.failed', { server: where, reason: saidBy(error) });
}

/** The system's or OpenSSL's code, wherever in the chain of causes it is: tRPC wraps what its transport threw. */
export function errorCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}
