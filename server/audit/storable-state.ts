/** Of `before` and `after`, each, as JSON in UTF-16 code units: a page of the log must fit into memory many times. */
const MAX_STATE = 8 * 1024;
const MAX_STRING = 1024;
const MAX_NAME = 100;

/** What stands in the log instead of what looks like a secret. */
const WITHHELD = '[withheld]';

const SECRET_NAME = /(password|passphrase|secret|token|cookie|authorization|privatekey|apikey|hash)$/i;

/** Between the lines of a key: as they are, or as a program writes them into one line. */
const GAP = String.raw`(?:\s|\\[nr])+`;

/**
 * Wherever it stands in a text, as far as it goes. What of it is whole does not matter: half a key in a log is half as
 * hard to guess. None looks at what is beside it: what is none in a text is none in a part of that.
 */
const SECRET_VALUES = [
  // RFC 7468, with the headers of older ones. Without its end: the lines that are long enough to be of a key.
  new RegExp(
    String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?:-----(?:${GAP}(?:Proc-Type|DEK-Info): [\w,-]+)*` +
      String.raw`(?:(?:${GAP}[\w+/=]+)*${GAP}-----END [A-Z ]{0,30}PRIVATE KEY-----|(?:${GAP}[\w+/=]{16,})*))?`,
    'g',
  ),
  /\$argon2(?:id|i|d)\$[\w$=,+/.-]*/g,
  // RFC 6750. What a script calls it, as `$TOKEN`, is none.
  /Bearer\s+["']?[\w.~+/-]+=*/gi,
  // More of an API key than the eight digits that are shown of it.
  /smk_[0-9a-f]{9,}/gi,
  // An enrolment token begins with its version, 1, and its length: `AQ`, or `AR` from 4 KiB on.
  /sysmanage_A[QR][\w-]{20,}/g,
  // The address of an invitation, or of a link to choose a new password.
  /[?&]token=[\w-]{16,}/g,
  // Three parts of a JWT, the first beginning with `{"`. A JWE has five, and these three among them.
  /eyJ[\w-]{1,2000}\.[\w-]*\.[\w-]+(?:\.[\w-]+)*/g,
];

/** The text with `[withheld]` in the place of each secret in it, and of nothing else. */
export const withholdSecrets = (text: string): string =>
  SECRET_VALUES.reduce((kept, secret) => kept.replace(secret, WITHHELD), text);

/**
 * A state as the log keeps it: plain JSON that jsonb can hold, long strings cut, too much of it left out whole, and
 * `[withheld]` where a string looks like a secret. People and machines choose what they are called, and paste a key
 * into the wrong field: what they type must neither fail the change nor be kept.
 * @throws Error when a member is named like a secret. The names are ours, so that the first test of a careless caller
 * finds it; a map whose names somebody else chooses goes in as a list of pairs.
 */
export function storableState(state: unknown): unknown {
  if (state === undefined || state === null) return null;
  const plain = storable('', toJson(state));
  const { length } = JSON.stringify(plain);
  return length > MAX_STATE ? { tooLarge: length } : plain;
}

/** Dates and the like become what JSON has for them, before anything is looked at. */
const toJson = (state: unknown): unknown => JSON.parse(JSON.stringify(state));

function storable(name: string, value: unknown): unknown {
  if (typeof value === 'string') {
    if (SECRET_NAME.test(name)) throw new Error(`the audit log must not hold ${name}: it looks like a secret`);
    return storableLine(value, MAX_STRING);
  }
  if (Array.isArray(value)) return value.map((member) => storable(name, member));
  if (typeof value !== 'object' || value === null) return value;
  // jsonb holds no U+0000 in a name either.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storableLine(key, MAX_NAME), storable(key, member)]),
  );
}

/**
 * Text as the database takes it, without secrets and no longer than `max`. A failed record would fail the change it is
 * of.
 */
export function storableLine(text: string, max: number): string {
  // The whole text is looked at, before it is cut: the cut must not make half a secret unrecognisable.
  if (SECRET_VALUES.some((secret) => text.search(secret) >= 0)) return WITHHELD;
  // PostgreSQL has no U+0000, and half of a surrogate pair is no UTF-8.
  const sound = text
    .slice(0, max + 1)
    .replaceAll('\0', '\uFFFD')
    .replace(/\p{Surrogate}/gu, '\uFFFD');
  return sound.length > max ? `${sound.slice(0, max - 1).replace(/\p{Surrogate}$/u, '')}…` : sound;
}
