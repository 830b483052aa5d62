/** The database cannot be used. The message is one line for a person and holds no password; `cause` has the rest. */
export class DatabaseOpenError extends Error {
  override name = 'DatabaseOpenError';
}

/** Another process has the embedded database open. */
export class DatabaseLockedError extends DatabaseOpenError {
  override name = 'DatabaseLockedError';
}

/** PostgreSQL did not answer, or did not let us in. */
export class DatabaseUnreachableError extends DatabaseOpenError {
  override name = 'DatabaseUnreachableError';
}

/** Whether a query failed because of this unique index. Both drivers say so in the cause of drizzle's error (SQLSTATE 23505). */
export function violates(error: unknown, index: string): boolean {
  const cause = (error as { cause?: { code?: string; constraint?: string } })?.cause;
  return cause?.code === '23505' && cause.constraint === index;
}
