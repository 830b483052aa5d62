import { explainFailure } from './explain-failure';
import { CLOSE } from '../protocol';
import type { Ending } from '../connection/socket';
import { words, type Words } from '../../words/words';

/** Whether the server turned this machine's certificate away, before a connection or on an open one. */
export function isRefusal({ isRefused, code }: Ending): boolean {
  return isRefused === true || code === CLOSE.ACCESS_WITHDRAWN;
}

/** Why a connection ended, or never came about, in one line. */
export function explainEnding({ code, reason, status, isRefused, silent, fault, error }: Ending, server: URL): Words {
  if (isRefused) return words('agent.connection.refused', { server: server.host });
  if (status !== undefined) return words('agent.connection.status', { server: server.host, status: String(status) });
  if (silent) return words('agent.connection.silent');
  if (fault) return words('agent.connection.frame_here', { fault });
  switch (code) {
    case CLOSE.SERVICE_RESTART:
      return words('agent.connection.restarts');
    case CLOSE.TRY_AGAIN_LATER:
      return words('agent.connection.later');
    case CLOSE.ACCESS_WITHDRAWN:
      return words('agent.connection.withdrawn');
    case CLOSE.FRAME_REFUSED:
      return words('agent.connection.frame_there', { reason });
    case CLOSE.REPLACED:
      return words('agent.connection.replaced');
    case CLOSE.TOO_MUCH:
      return words('agent.connection.too_much', { reason });
    case CLOSE.HELD:
      return words('agent.connection.held');
  }
  if (error) return explainFailure(error, server);
  if (code === 1006) return words('agent.connection.broke');
  return words('agent.connection.closed', { reason: `${code}${reason ? ` ${reason}` : ''}` });
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
