import { setTimeout } from 'node:timers/promises';
import type { Log } from '../log';
import type { ServerCertificate } from './ensure-server-certificate';

/** A certificate that fits already costs a few milliseconds to find so: two small files, the machine's addresses. */
const INTERVAL_MS = 60_000;

interface Keeping {
  /** What the listener was started with. */
  served: ServerCertificate;
  /** Returns a certificate that is in date and has every name there is now: the present one, or else a new one. */
  ensure: () => Promise<ServerCertificate>;
  /** Puts another in place. */
  serve: (certificate: ServerCertificate) => void;
  log: Log;
  intervalMs?: number;
}

export interface KeptCertificate {
  /** What is served now. */
  current(): ServerCertificate;
  /** Resolves when nothing more will be written. */
  stop(): Promise<void>;
}

/**
 * Looks once a minute whether the server's certificate still does, because nobody restarts a server for the sake of its
 * dates, and the system tells nobody of a new address. A failure is logged and tried again: until the old one expires
 * there are months.
 */
export function keepServerCertificate(keeping: Keeping): KeptCertificate {
  const { ensure, serve, log, intervalMs = INTERVAL_MS } = keeping;
  let { served } = keeping;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (await isTime()) await check();
  })();

  /** After the interval, or with false at once when it is over. */
  function isTime(): Promise<boolean> {
    return setTimeout(intervalMs, true, { signal, ref: false }).catch(() => false);
  }

  async function check(): Promise<void> {
    try {
      const wanted = await ensure();
      if (wanted.cert === served.cert) return;
      serve(wanted);
      served = wanted;
      log.info({ notAfter: served.notAfter }, 'the listener of the agents has a new certificate');
    } catch (error) {
      log.error({ err: error, notAfter: served.notAfter }, 'the server certificate cannot be renewed');
    }
  }

  return {
    current: () => served,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
