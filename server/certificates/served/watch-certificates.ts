import { unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../../db/client';
import { type EventBus, EVERY } from '../../events';
import { type Asker, hostsWith, SERVER_ITSELF } from '../../hosts/visible-hosts';
import { keepLatest } from '../keep-latest';
import { logFailure } from '../../log';
import { countUrgent } from '../find-held';
import { type CertificateSources, findAuthorities, findServed } from './find-served';
import { type CertificateWarning, warningsOf } from '../warnings';

/** What counts in days need not be looked at more often. */
const INTERVAL_MS = 60_000;

/** Whoever has put a new certificate in place looks at the page next. */
const FILE_INTERVAL_MS = 1000;

/** With each of them an agent's certificate may have come, gone, or been replaced. */
const CHANGES = [
  'certificate.superseded',
  'host.access_withdrawn',
  'host.approval_changed',
  'host.deleted',
] as const satisfies Parameters<EventBus['emit']>[0][];

type Sources = CertificateSources & { db: Database; events: EventBus; now?: () => Date };

/** The server's own certificates: what its TLS listeners serve, and its CAs. */
export type OwnCertificates = Awaited<ReturnType<typeof findOwn>>;

/**
 * What is known of certificates, in memory: every page view asks for the warnings, and must wait neither for a
 * handshake with our own listener nor for a file.
 */
export interface CertificateWatch {
  /** As of the last look. */
  own(): Promise<OwnCertificates>;
  /**
   * Of the server's own as of the last look; of agents' as of now, or of a minute ago if another process changed them.
   * Who sees some hosts only is told of theirs, counted for each call.
   */
  warnings(asker: Asker): Promise<CertificateWarning[]>;
  /** How many certificates of agents are `overdue` and `expired`, of now or of a minute ago. */
  held(): Promise<{ overdue: number; expired: number }>;
  /** Counts those of agents anew, while everybody is answered as before. */
  recount(): Promise<void>;
  /** Looks at the server's own: asks each listener what it serves, and reads how the CA's key lies on disk. */
  look(): Promise<void>;
}

export function createCertificateWatch(sources: Sources): CertificateWatch {
  const { db, events, now = () => new Date() } = sources;
  let own: OwnCertificates | undefined;
  let looking: Promise<void> | undefined;

  async function countHeld(at: Date, { session }: Asker) {
    const ctx = { db, now: at, session };
    const [overdue, expired] = await Promise.all([countUrgent(ctx, 'overdue'), countUrgent(ctx, 'expired')]);
    return { overdue, expired };
  }
  const held = keepLatest(
    async () => {
      const at = now();
      return { at, ...(await countHeld(at, SERVER_ITSELF)) };
    },
    // The rows are the truth, and counted anew once a minute, so that no page waits for that: only where nobody does
    // so.
    ({ at }) => now().getTime() < at.getTime() + 2 * INTERVAL_MS,
  );
  for (const name of CHANGES) events.listen(name, EVERY, held.expire);

  // One after the other, so that what was seen last is what is kept.
  let looks: Promise<void> = Promise.resolve();
  function look(): Promise<void> {
    const next = looks.then(async () => void (own = await findOwn(sources, now())));
    looks = next.catch(() => undefined); // told to whoever wanted it
    return next;
  }

  async function known(): Promise<OwnCertificates> {
    // Only who asks before the first look waits for one.
    if (!own) await (looking ??= look().finally(() => (looking = undefined)));
    return own!;
  }

  return {
    own: known,
    async warnings(asker) {
      const counting = hostsWith(asker, 'certificates.read') ? countHeld(now(), asker) : held.current();
      const [{ listeners, authorities }, { overdue, expired }] = await Promise.all([known(), counting]);
      return warningsOf({ listeners, authorities, overdue, expired });
    },
    held: () => held.current(),
    recount: held.renew,
    look,
  };
}

async function findOwn(sources: Sources, now: Date) {
  const [listeners, authorities] = await Promise.all([findServed(sources, now), findAuthorities(sources, now)]);
  return { listeners, ...authorities };
}

/**
 * Looks now, once a minute, and when a file is another; and counts once a minute. What cannot be looked at stays what
 * it was. After `stop` nothing is looked at any more, so that the listeners may close.
 */
export function keepLookingAtCertificates({
  certificateWatch,
  config,
  log,
}: Pick<CertificateSources, 'config' | 'log'> & { certificateWatch: CertificateWatch }) {
  const files = [
    join(config.certificates.path, 'server.crt'),
    join(config.certificates.path, 'ca.key'),
    config.tls.cert,
  ];
  let last: Promise<void> = Promise.resolve();
  const look = () =>
    (last = certificateWatch
      .look()
      .catch((error: unknown) => log.error({ err: error }, 'the server’s certificates cannot be looked at')));
  let counting: Promise<void> = Promise.resolve();
  const recount = () =>
    (counting = certificateWatch
      .recount()
      .catch((error: unknown) => logFailure(log, 'certificates that nobody renews were not counted', error)));
  void look();
  const timer = setInterval(() => {
    void look();
    void recount();
  }, INTERVAL_MS);
  const onChange = () => void look();
  for (const file of files) if (file) watchFile(file, { interval: FILE_INTERVAL_MS, persistent: false }, onChange);
  return {
    look,
    async stop() {
      clearInterval(timer);
      for (const file of files) if (file) unwatchFile(file, onChange);
      await last; // looks are taken one after the other
      await counting;
    },
  };
}
