import type { RequestHandler } from 'express';

/** The headers of an answer that shows nothing and loads nothing. */
export const bareHeaders = ({ https }: { https: boolean }): Record<string, string> => ({
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Answers hold what only this caller may see, and the next token.
  'Cache-Control': 'no-store',
  ...(https && { 'Strict-Transport-Security': 'max-age=31536000' }),
});

/**
 * The headers of every answer of the API listener, whose own documentation alone loosens the policy. HSTS counts for a
 * host and all its ports: without a certificate for the pages it would lock people out of them.
 */
export function apiSecurityHeaders(options: { https: boolean }): RequestHandler {
  const headers = bareHeaders(options);
  return (_request, response, next) => {
    response.set(headers);
    next();
  };
}

/**
 * The headers of every answer of the pages' listener. Only scripts with the answer's nonce run, so text that slipped in
 * as markup stays dead. Nothing is kept by a browser or a proxy but what `serve-files.ts` says so of: a page holds what
 * its reader may see, an answer to a form perhaps a new key, and a route's own header is lost on one of its two ways
 * out.
 */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  return (_request, response, next) => {
    const { nonce } = response.locals as { nonce: string };
    response.set({
      'Content-Security-Policy': [
        "default-src 'self'",
        `script-src 'self' 'nonce-${nonce}'`,
        `style-src 'self' 'nonce-${nonce}'`,
        // Bars and positions are style attributes; they cannot load or run anything.
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].join('; '),
      'X-Content-Type-Options': 'nosniff',
      // The setup link's token must not travel on in a Referer. Not `no-referrer`: with that, browsers send a form that
      // is posted without script as `Origin: null`, and we refuse it (Fetch standard, "append a request Origin
      // header").
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      ...(https && { 'Strict-Transport-Security': 'max-age=31536000' }),
    });
    next();
  };
}
