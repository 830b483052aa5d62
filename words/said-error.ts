import { inEnglish } from './say';
import type { Said } from './words';

/** An error whose message is for a person. `message` is the English one, for logs; `said` is for whoever prints it. */
export class SaidError extends Error {
  constructor(
    readonly said: Said,
    options?: ErrorOptions,
  ) {
    super(inEnglish(said), options);
  }
}

/** What an error says: its words, or its message as it is. */
export const saidBy = (error: unknown): Said =>
  error instanceof SaidError ? error.said : error instanceof Error ? error.message : String(error);
