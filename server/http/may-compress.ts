import type { Request } from 'express';

/**
 * Whether the answer to a page's request may be compressed. How long a compressed answer is tells whoever sees the line
 * which guess of theirs stands in it as well (BREACH, CVE-2013-3587), if they can make the browser ask with many
 * guesses. So what another site has caused is never compressed, which browsers say in `Sec-Fetch-Site` (Fetch Metadata,
 * 2.3) and no script can; nor what does not say so, nor the answer to a form, where one-time secrets are.
 */
export function mayCompress(request: Pick<Request, 'method' | 'headers' | 'acceptsEncodings'>): boolean {
  const site = request.headers['sec-fetch-site'];
  // `none` is an address that a person typed or kept.
  return (
    request.method === 'GET' && (site === 'same-origin' || site === 'none') && Boolean(request.acceptsEncodings('gzip'))
  );
}
