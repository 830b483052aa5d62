import { SaidError } from '../../words/said-error';
import type { Said } from '../../words/words';

/** EX_USAGE of sysexits.h. */
const EX_USAGE = 64;

/** A command cannot do what it was asked to. It says so in one line. */
export class CommandError extends SaidError {
  override name = 'CommandError';

  /** @param exitCode of sysexits.h; a wrong call when left out */
  constructor(
    said: Said,
    readonly exitCode = EX_USAGE,
  ) {
    super(said);
  }
}
