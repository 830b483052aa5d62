import { setTimeout } from 'node:timers/promises';
import type { Log } from '../../log';
import type { ServerCertificate } from './ensure-server-certificate';
import type { WebCertificate } from './read-web-certificate';

/** A certificate that fits already costs a few milliseconds to find so: two small files, the machine's addresses. */
const INTERVAL_MS = 60_000;

interface Keeping<Certificate extends WebCertificate> {
  /** As the log calls it. */
  listener: 'agents' | 'pages';
  /** What the listener was started with. */
  served: Certificate;
  /** Returns a certificate that is to be served now: the present one, or else a new one. */
  ensure: () => Promise<Certificate> | Certificate;
  /** Puts another in place. */
  serve: (certificate: Certificate) => void;
  log: Log;
  intervalMs?: number;
}

export interface KeptCertificate<Certificate extends WebCertificate = ServerCertificate> {
  /** What is served now. */
  current(): Certificate;
  /** Resolves when nothing more will be written. */
  stop(): Promise<void>;
}

/**
 * Looks once a minute whether a listener's certificate still does, because nobody restarts a server for the sake of its
 * dates, and the system tells nobody of a new address. A failure is logged and tried again: until the old one expires
 * there is time.
 */
export function keepServerCertificate<Certificate extends WebCertificate>(
  keeping: Keeping<Certificate>,
): KeptCertificate<Certificate> {
  const { listener, ensure, serve, log, intervalMs = INTERVAL_MS } = keeping;
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
      if (wanted.cert === served.cert && wanted.key === served.key) return;
      serve(wanted);
      served = wanted;
      log.info({ notAfter: served.notAfter }, `the listener of the ${listener} has a new certificate`);
    } catch (error) {
      log.error({ err: error, notAfter: served.notAfter }, `the certificate of the ${listener} cannot be renewed`);
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
