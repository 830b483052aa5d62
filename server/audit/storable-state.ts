/** Of `before` and `after`, each, as JSON in UTF-16 code units: a page of the log must fit into memory many times. */
const MAX_STATE = 8 * 1024;
const MAX_STRING = 1024;

const SECRET_NAME = /(password|passphrase|secret|token|cookie|authorization|privatekey|apikey|hash)$/i;
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^\$argon2|^Bearer /;

/**
 * A state as the log keeps it: plain JSON that jsonb can hold, long strings cut, too much of it left out whole.
 * @throws Error when there is a secret in it. That fails the change, so that the first test of a careless one finds it.
 */
export function storableState(state: unknown): unknown {
  if (state === undefined || state === null) return null;
  const text = JSON.stringify(state, (name, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (SECRET_NAME.test(name) || SECRET_VALUE.test(value)) throw new Error(`the audit log must not hold ${name || 'this'}: it looks like a secret`);
    return storableLine(value, MAX_STRING);
  });
  if (text.length > MAX_STATE) return { tooLarge: text.length };
  return JSON.parse(text);
}

/** Text as the database takes it, and no longer than `max`. A failed record would fail the change it is of. */
export function storableLine(text: string, max: number): string {
  // PostgreSQL has no U+0000, and half of a surrogate pair is no UTF-8.
  const sound = text.slice(0, max + 1).replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
  return sound.length > max ? `${sound.slice(0, max - 1).replace(/\p{Surrogate}$/u, '')}…` : sound;
}
