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
  return url.pathname + url.search + url.hash;
}
