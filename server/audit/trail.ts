import type { Database } from '../../db/client';
import { type Log, logFailure } from '../log';
import type { GroupCommit } from '../process/group-commit';
import type { RecordSink } from './record-audit';
import { createRefusals, type Refusals } from './refusals';
import { createSeals } from './seal';
import { sealPending } from './seal-pending';

/** After a record is written: its change has hardly committed earlier. */
const WAKE_MS = 20;
/** For what took longer to commit, and what a process that died has left. */
const STEADY_MS = 1000;

/** The audit log of this process. */
export interface AuditTrail extends RecordSink {
  refusals: Refusals;
  /** Seals whatever has been committed before the call. */
  seal(): Promise<void>;
  /**
   * The same for whoever goes on without: what fails is in the log, and tried again every second. Never fails itself.
   */
  trySeal(): Promise<void>;
  /** Writes what is only counted yet, seals it and ends. What fails is in the log. */
  stop(): Promise<void>;
}

interface Making {
  db: Database;
  log: Log;
  writer: GroupCommit;
  secret: string;
}

export function createAuditTrail({ db, log, writer, secret }: Making): AuditTrail {
  const seals = createSeals(secret);
  const reported = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run() {
    queued = undefined;
    const { forged, builtOnForged } = await sealPending(db, seals);
    const news = forged.filter((id) => !reported.has(id));
    for (const id of news) reported.add(id);
    if (news.length > 0)
      log.error(
        { ids: news.slice(0, 20), count: news.length },
        'audit records that this server did not write are not sealed',
      );
    if (builtOnForged !== null)
      log.error(
        { sequence: builtOnForged },
        'the audit log goes on after a record that this server did not seal; run `sysmanage audit verify`',
      );
  }
  /** One at a time; everybody who asks while it runs waits for the same next one. */
  const seal = () => {
    if (!queued) {
      queued = running.catch(() => undefined).then(run);
      running = queued;
    }
    return queued;
  };
  const trySeal = () => seal().catch((error: unknown) => logFailure(log, 'audit records were not sealed', error));

  const steady = setInterval(() => void trySeal(), STEADY_MS).unref();
  function wake() {
    timer ??= setTimeout(() => {
      timer = undefined;
      void trySeal();
    }, WAKE_MS).unref();
  }
  const refusals = createRefusals({ db, log, writer, audit: { seals, wake } });

  return {
    seals,
    refusals,
    wake,
    seal,
    trySeal,
    async stop() {
      clearInterval(steady);
      // A database that is gone must not keep the rest of the server from stopping; it has been logged.
      await refusals.stop().catch(() => undefined);
      clearTimeout(timer);
      await trySeal();
    },
  };
}
