import { explainFailure } from './explain-failure';
import { CLOSE } from '../protocol';
import type { Ending } from '../connection/socket';

/** Whether the server turned this machine's certificate away, before a connection or on an open one. */
export function isRefusal({ isRefused, code }: Ending): boolean {
  return isRefused === true || code === CLOSE.ACCESS_WITHDRAWN;
}

/** Why a connection ended, or never came about, in one line. */
export function explainEnding({ code, reason, status, isRefused, silent, fault, error }: Ending, server: URL): string {
  if (isRefused) return `${server.host} refuses this machine's certificate`;
  if (status !== undefined) return `${server.host} answers the connection with HTTP status ${status}`;
  if (silent) return 'the server fell silent';
  if (fault) return `a frame came that the server did not send so (${fault}); something in between meddles`;
  switch (code) {
    case CLOSE.SERVICE_RESTART:
      return 'the server restarts';
    case CLOSE.TRY_AGAIN_LATER:
      return 'the server asks this machine to come back later';
    case CLOSE.ACCESS_WITHDRAWN:
      return "the server withdrew this machine's access";
    case CLOSE.FRAME_REFUSED:
      return `the server got a frame that we did not send so (${reason}); something in between meddles`;
    case CLOSE.REPLACED:
      return "another agent connected with this machine's key; was its state directory copied to another machine?";
    case CLOSE.TOO_MUCH:
      return `the server closed the connection because this machine asked too much of it (${reason})`;
    case CLOSE.HELD:
      return 'several machines are connected with the key of this one; an administrator must decide which of them stays';
  }
  if (error) return explainFailure(error, server);
  if (code === 1006) return 'the connection broke';
  return `the server closed the connection (${code}${reason ? ` ${reason}` : ''})`;
}

/** More than this a server cannot ask for: an agent must not be sent away for a day. */
const LONGEST_WINDOW_MS = 300_000;
const BUSY_WINDOW_MS = 30_000;
const REPLACED_WINDOW_MS = 60_000;
const TOO_MUCH_WINDOW_MS = 120_000;
/** Nothing changes until a person has decided. */
const HELD_WINDOW_MS = 600_000;

/**
 * The window, in milliseconds, in which the server wants us back; null when it did not say and the usual backoff holds.
 * The first number in the reason of a 1012 or a 1013 is such a window.
 */
export function returnWindow({ code, reason, status }: Ending): number | null {
  const asked = Number(/\d+/.exec(reason)?.[0] ?? NaN);
  switch (code) {
    case CLOSE.SERVICE_RESTART:
      return Number.isNaN(asked) ? null : Math.min(asked, LONGEST_WINDOW_MS);
    case CLOSE.TRY_AGAIN_LATER:
      return Number.isNaN(asked) ? BUSY_WINDOW_MS : Math.min(asked, LONGEST_WINDOW_MS);
    case CLOSE.REPLACED:
      // Whoever has our place answers, so that we should only be held back.
      return REPLACED_WINDOW_MS;
    case CLOSE.TOO_MUCH:
      return TOO_MUCH_WINDOW_MS;
    case CLOSE.HELD:
      return HELD_WINDOW_MS;
  }
  return status === 503 || status === 429 ? BUSY_WINDOW_MS : null;
}
