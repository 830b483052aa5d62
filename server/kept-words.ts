import { isKnown, wireWords } from '../agent/wire-words';
import { inEnglish } from '../words/say';
import type { Words } from '../words/words';

/** Characters: the sentence itself has at most 2,000. */
const MOST_KEPT = 4000;

/**
 * What an agent says for people, as it is kept: the key and what goes into the sentence. The sentence itself where an
 * agent of before sent no more, or a newer one something that there are no words for here.
 */
export function keptWords<Text extends string | null>(text: Text, said: Words | undefined): Text | string {
  if (!said || !isKnown(said)) return text;
  const kept = JSON.stringify(said);
  return kept.length > MOST_KEPT ? text : kept;
}

/** What was kept: the sentence in English, and of what it is made. */
export function readWords(kept: string): { text: string; said: Words | null } {
  const said = kept.startsWith('{') ? wireWords.safeParse(parsed(kept)).data : undefined;
  return said && isKnown(said) ? { text: inEnglish(said), said } : { text: kept, said: null };
}

/** Of an event: in English where it was kept as words, and these. */
export function readDetail(kept: string | null): { detail: string | null; said: Words | null } {
  if (kept === null) return { detail: null, said: null };
  const { text, said } = readWords(kept);
  return { detail: text, said };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A sentence that begins so.
    return undefined;
  }
}
