/** The credentials of an `Authorization: Bearer` header (RFC 6750, 2.1), or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}
