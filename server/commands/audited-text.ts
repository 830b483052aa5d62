import { createHash } from 'node:crypto';
import { storableLine } from '../audit/storable-state';

/** A string of the audit log holds 1,024 characters. */
const LINE = 1000;
/** A record holds 8 KiB; as JSON in JSON a character takes two at most. */
const LINES_A_RECORD = 3;

/**
 * Parameters as their full text, cut into what a record holds, in their order. A text that looks like a secret somewhere
 * is not kept at all, because a cut could hide it; its digest tells one from another.
 * @returns for each record its lines
 */
export function auditedText(parameters: Record<string, unknown>): string[][] {
  const text = JSON.stringify(parameters);
  if (text === '{}') return [];
  if (storableLine(text, Infinity) !== text)
    return [[`[withheld] SHA-256 ${createHash('sha256').update(text).digest('hex')}`]];
  // By code points: half of a surrogate pair is no text.
  const lines = inParts([...text], LINE).map((part) => part.join(''));
  return inParts(lines, LINES_A_RECORD);
}

/** The same in their order, so many at a time. */
export function inParts<One>(all: readonly One[], most: number): One[][] {
  const parts: One[][] = [];
  for (let at = 0; at < all.length; at += most) parts.push(all.slice(at, at + most));
  return parts;
}
