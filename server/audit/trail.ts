import type { Database } from '../../db/client';
import { type Log, logFailure } from '../log';
import { recordAudit, type RecordSink } from './record-audit';
import { createRefusals, PEOPLE, type Refusals, type Refused, STRANGERS } from './refusals';
import { createSeals } from './seal';
import { sealPending } from './seal-pending';

/** After a record is written: its change has hardly committed earlier. */
const WAKE_MS = 20;
/** For what took longer to commit, and what a process that died has left. */
const STEADY_MS = 1000;

/** The audit log of this process. */
export interface AuditTrail extends RecordSink {
  /** Refused attempts of signed-in people, each in a room of their own, and of strangers, by network. */
  refusals: { people: Refusals; strangers: Refusals };
  /** Seals whatever has been committed before the call. */
  seal(): Promise<void>;
  /** The same for whoever goes on without: what fails is in the log, and tried again every second. Never fails itself. */
  trySeal(): Promise<void>;
  /** Writes what is only counted yet, seals it and ends. What fails is in the log. */
  stop(): Promise<void>;
}

export function createAuditTrail({ db, log, secret }: { db: Database; log: Log; secret: string }): AuditTrail {
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
    if (news.length > 0) log.error({ ids: news.slice(0, 20), count: news.length }, 'audit records that this server did not write are not sealed');
    if (builtOnForged !== null) log.error({ sequence: builtOnForged }, 'the audit log goes on after a record that this server did not seal; run `sysmanage audit verify`');
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

  const trail: AuditTrail = {
    seals,
    refusals: { people: createRefusals(PEOPLE, write, reportLoss), strangers: createRefusals(STRANGERS, write, reportLoss) },
    wake() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void trySeal();
      }, WAKE_MS).unref();
    },
    seal,
    trySeal,
    async stop() {
      clearInterval(steady);
      // A database that is gone must not keep the rest of the server from stopping.
      await Promise.all([trail.refusals.people.stop(), trail.refusals.strangers.stop()]).catch(reportLoss);
      clearTimeout(timer);
      await trySeal();
    },
  };
  const steady = setInterval(() => void trySeal(), STEADY_MS).unref();

  function write({ entry, address, requestId }: Refused) {
    return recordAudit(db, { audit: trail, address, requestId }, entry);
  }
  function reportLoss(error: unknown) {
    logFailure(log, 'refused attempts could not be recorded', error);
  }
  return trail;
}
