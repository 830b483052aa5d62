import { SaidError } from '../../words/said-error';
import type { Said } from '../../words/words';

/**
 * How the agent's process ends: the numbers of sysexits.h, and from 81 on what it has no number for, so that a service
 * manager can tell a mistake that a person must mend (64, 65, 73, 77, 78, 81 to 84) from one that passes.
 */
export const EXIT = {
  /** Stopped by SIGTERM or SIGINT, or enrolled under --once. */
  OK: 0,
  /** EX_USAGE: an option is unknown, missing or malformed. */
  USAGE: 64,
  /** EX_DATAERR: the enrolment token is truncated, damaged or none at all. */
  TOKEN_MALFORMED: 65,
  /** EX_SOFTWARE: a mistake of ours; the log has the stack. */
  SOFTWARE: 70,
  /** EX_CANTCREAT: the state directory or a file in it cannot be read, or, before this machine is enrolled, written. */
  STATE: 73,
  /** EX_TEMPFAIL: another agent already runs with this identity. */
  ALREADY_RUNNING: 75,
  /** EX_NOPERM: the server's CA is not the pinned one. Nothing was sent to it. */
  UNTRUSTED_SERVER: 77,
  /** EX_CONFIG: agent.yaml, a certificate or key file, or the modes of the state directory are wrong. */
  CONFIG: 78,
  /** The enrolment token has expired. */
  TOKEN_EXPIRED: 81,
  /** As many machines as the enrolment token was for have joined with it. */
  TOKEN_USED_UP: 82,
  /** An administrator revoked the enrolment token. */
  TOKEN_REVOKED: 83,
  /** The server, which is the right one, does not know the enrolment token. */
  TOKEN_UNKNOWN: 84,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A condition that waiting does not mend. It says so in one line, with the mend. */
export class FatalError extends SaidError {
  constructor(
    readonly exitCode: ExitCode,
    said: Said,
    options?: ErrorOptions,
  ) {
    super(said, options);
    this.name = 'FatalError';
  }
}
