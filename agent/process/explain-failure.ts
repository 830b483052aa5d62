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
export function explainFailure(error: unknown, server: URL): string {
  const code = errorCode(error);
  const where = server.host;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const name = server.hostname.replace(/^\[|\]$/g, '');
    return `the server's certificate is not for ${name}; add it to certificates.names on the server`;
  }
  if (code !== undefined && FOREIGN_AUTHORITY.has(code)) {
    return `REFUSED: ${where} shows a certificate that the pinned CA did not sign (${code}); nothing was sent to it`;
  }
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED') {
    return `the server's certificate is not valid at this machine's time (${code}); compare both machines' clocks`;
  }
  if (code === 'ECONNREFUSED') return `nothing listens at ${where}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${server.hostname} cannot be resolved (${code})`;
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return `${where} cannot be reached (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `${where} broke the connection (${code})`;
  return `${where}: ${error instanceof Error ? error.message : String(error)}`;
}

/** The system's or OpenSSL's code, wherever in the chain of causes it is: tRPC wraps what its transport threw. */
export function errorCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}
