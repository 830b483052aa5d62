/** Stands for our own origin, which a path must not be able to leave. `.invalid` is reserved (RFC 2606). */
const HERE = 'https://here.invalid';

/**
 * Where to go after signing in: a path on this site, or `/`. `next` comes from the URL, so anybody can have written it,
 * and a link to our sign-in page that ends at someone else's is how passwords are fished.
 */
export function safeNextPath(next: string | null | undefined): string {
  // Browsers drop tabs and newlines and read `\` as `/`: `/\evil.example` and `/<tab>/evil.example` are other sites.
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  if (!next || !next.startsWith('/') || /[\\\u0000-\u001f\u007f]/.test(next)) return '/';
  if (!URL.canParse(next, HERE)) return '/';
  const url = new URL(next, HERE);
  if (url.origin !== HERE || url.pathname.startsWith('//')) return '/';
  return pageOf(url) + url.search + url.hash;
}

/**
 * A page that was being loaded by script when the session ended was asked for as data; what to go back to is the page.
 */
function pageOf(url: URL): string {
  if (!url.pathname.endsWith('.data')) return url.pathname;
  url.searchParams.delete('_routes');
  return url.pathname === '/_root.data' ? '/' : url.pathname.slice(0, -'.data'.length);
}
