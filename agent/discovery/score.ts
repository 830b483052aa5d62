import { isPrivateAddress } from './private-address';
import type { Message } from './message';

/** A server that was found, and why it is worth as much as it is. */
export interface Candidate {
  message: Message;
  /** Where its answer came from: under this address it is there. */
  source: string;
  score: number;
  reasons: string[];
}

interface Circumstances {
  /** Its CA is one that this machine trusts already. */
  isKnown: boolean;
  isNeighbour: boolean;
  source: string;
  /** From the request to the answer; null for an announcement. Milliseconds. */
  answeredMs: number | null;
}

/** Each counts for more than all after it together. */
const WORTH = { known: 1000, encrypted: 200, neighbour: 100, private: 50, quick: 40 };

/**
 * Which server is tried first. Trust is not given by it: that is the pin's, or the administrator's who compares the
 * words.
 */
export function score(
  { isKnown, isNeighbour, source, answeredMs }: Circumstances,
  message: Message,
): Pick<Candidate, 'score' | 'reasons'> {
  // One that answers within 4 ms gets all, one that takes 200 ms or more nothing.
  const quick =
    answeredMs === null ? 0 : Math.round(Math.max(0, WORTH.quick * (1 - Math.max(0, answeredMs - 4) / 196)));
  const parts: [boolean, number, string][] = [
    [isKnown, WORTH.known, 'its CA is trusted'],
    [message.server_info.use_ssl, WORTH.encrypted, 'speaks TLS'],
    [isNeighbour, WORTH.neighbour, 'on the same subnet'],
    [isPrivateAddress(source), WORTH.private, 'in a private network'],
    [quick > 0, quick, `answered in ${Math.round(answeredMs ?? 0)} ms`],
  ];
  const counted = parts.filter(([holds]) => holds);
  return {
    score: counted.reduce((sum, [, worth]) => sum + worth, 0),
    reasons: counted.map(([, worth, why]) => `${why} (+${worth})`),
  };
}
