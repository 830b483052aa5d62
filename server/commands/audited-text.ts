import { createHash } from 'node:crypto';
import { withholdSecrets } from '../audit/storable-state';

/** A string of the audit log holds 1,024 characters. */
const LINE = 1000;
/** A record holds 8 KiB; as JSON in JSON a character takes two at most. */
const LINES_A_RECORD = 3;

/** A text of which something is withheld; its digest tells it from another. */
interface AuditedText {
  /** For each record its lines. */
  records: string[][];
  /** SHA-256 of the whole, where the records have not all of it. */
  digest: string | null;
}

/**
 * Parameters as their full text, cut into what a record holds, in their order. What looks like a secret is withheld
 * before it is cut, for a cut could hide it, and nothing but that: whoever wants a script out of the log must not get
 * it by a comment.
 */
export function auditedText(parameters: Record<string, unknown>): AuditedText {
  const whole = JSON.stringify(parameters);
  if (whole === '{}') return { records: [], digest: null };
  const text = JSON.stringify(parameters, (_name, value: unknown) =>
    typeof value === 'string' ? withholdSecrets(value) : value,
  );
  // By code points: half of a surrogate pair is no text.
  const lines = inParts([...text], LINE).map((part) => part.join(''));
  return {
    records: inParts(lines, LINES_A_RECORD),
    digest: text === whole ? null : createHash('sha256').update(whole).digest('hex'),
  };
}

/** The same in their order, so many at a time. */
export function inParts<One>(all: readonly One[], most: number): One[][] {
  const parts: One[][] = [];
  for (let at = 0; at < all.length; at += most) parts.push(all.slice(at, at + most));
  return parts;
}
