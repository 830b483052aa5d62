import { isDeepStrictEqual } from 'node:util';
import { Alarm } from '../process/alarm';
import type { MachineFacts } from '../collect/machine';
import type { Commands } from '../commands/commands';
import type { FollowedConfiguration } from '../configuration/follow-configuration';
import type { Connection } from './connection';
import { readInbox, type InboxMemory } from './inbox';
import type { DueRun } from '../commands/protocol';
import type { Log } from '../process/log';
import type { FactBook } from '../facts/facts';
import { LOOK_EVERY_MS as LOOK_EVERY_MS_OF_FACTS, tellFacts } from '../facts/tell-facts';
import { PROTOCOL, type Sample } from '../protocol';
import type { Renewal } from '../renewal';
import type { Ending } from './socket';
import { watchChanges, type Watched } from '../watch-changes';

const CALL_PATIENCE_MS = 30_000;
/** The first sample has no rates; the next one follows sooner, so that a person who just approved sees figures. */
const SECOND_SAMPLE_MS = 3_000;
const LOOK_EVERY_MS = 5_000;
/** Node's longest timer: whoever waits so long is rung for. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** So soon a hello that was refused is said again, and every minute when it is refused each time. */
const HELLO_AGAIN_MS = 1_000;
const MOST_DOUBLINGS = 6;

const HELD_BACK =
  'another machine is connected with the key of this one; was its state directory copied? ' +
  'An administrator must decide which of the two stays; until then this one is held back';

/** What there is to tell. */
export interface Machine {
  readFacts: () => Promise<MachineFacts>;
  takeSample: () => Promise<Sample>;
  look: () => Promise<Watched>;
  /** Absent: nothing is told but what `hello` says. */
  book?: FactBook;
}

export interface Talk {
  connection: Connection;
  machine: Machine;
  commands: Commands;
  renewal: Renewal;
  memory: InboxMemory;
  log: Log;
  /** What the server wants configured; absent, it is not followed. */
  configuration?: FollowedConfiguration | undefined;
  /** Called when the server has answered our hello. */
  onAccepted: () => void;
  /** Called with the CAs (PEM) that the server accepts, when there are several. */
  onAuthorities: (certificates: readonly string[]) => void;
  /** Called when this machine is to become another than the one whose key it has. The connection ends then. */
  onSplit: () => void;
  lookEveryMs?: number | undefined;
  /** Milliseconds that a call may take. */
  patienceMs?: number;
}

/**
 * Says hello, then reports until the connection ends. Never rejects. A hello that fails ends the connection; a later
 * call that is refused is logged and the connection kept, or one wrong heartbeat would make the host flap. One that is
 * not answered ends it: on a channel that keeps its order, question or answer was lost on the way.
 *
 * A heartbeat that was under way when a connection ended is not sent again: a new measurement is the first thing that
 * the next one carries after its hello. A machine that is held because another has its key says hello and listens.
 */
export async function talk({
  connection,
  machine,
  commands,
  renewal,
  memory,
  log,
  configuration,
  onAccepted,
  onAuthorities,
  onSplit,
  lookEveryMs = LOOK_EVERY_MS,
  patienceMs = CALL_PATIENCE_MS,
}: Talk): Promise<Ending> {
  const { client, over } = connection;
  const next = new Alarm();
  const nextFacts = new Alarm();
  const nextHello = new Alarm();
  /** What the machine's owner decides, as the server has it from us; unknown while a hello is not answered. */
  let told: ReturnType<typeof decided> | undefined;
  let hello: Promise<unknown> = Promise.resolve();
  let areFactsKnown = false;
  let toldSeconds = 0;
  const heartbeatMs = () => (configuration?.values().heartbeat?.interval_seconds ?? toldSeconds) * 1000;
  const answered = async <Answer>(call: (options: { signal: AbortSignal }) => Promise<Answer>): Promise<Answer> => {
    const signal = AbortSignal.timeout(patienceMs);
    try {
      return await call({ signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      const unanswered = new Error('the server did not answer');
      connection.close(unanswered);
      throw unanswered;
    }
  };

  const decided = () => ({ commands: commands.abilities(), tags: configuration && [...configuration.tags()] });

  // One at a time: of two at once the server could keep the older.
  const sayHello = (): Promise<boolean> => {
    const mine = hello.then(sayHelloNow);
    hello = mine.catch(() => undefined);
    return mine;
  };
  const sayHelloNow = async () => {
    const facts = await machine.readFacts();
    const saying = decided();
    const said = { protocol: PROTOCOL, ...facts, factsDigest: machine.book?.digest(), ...saying };
    told = undefined;
    const answer = await answered((options) => client.agents.hello.mutate(said, options));
    told = saying;
    toldSeconds = answer.heartbeatSeconds;
    renewal.told(answer.renewal);
    areFactsKnown = answer.areFactsKnown === true;
    connection.takesBriefReports = answer.takesBriefReports === true;
    return answer.isHeld === true;
  };

  const attempt = async (what: string, act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (error) {
      if (!over.aborted) log.warn(`${what} failed: ${(error as Error).message}`);
      return false;
    }
  };

  /** Says hello again until the server has what the owner decided, also while an earlier hello was under way. */
  const keepTold = async () => {
    for (let failures = 0; !over.aborted;) {
      if (isDeepStrictEqual(told, decided())) await nextHello.wait(LONGEST_WAIT_MS, over);
      else if (await attempt('the new hello', sayHello)) failures = 0;
      else await nextHello.wait(HELLO_AGAIN_MS * 2 ** Math.min(failures++, MOST_DOUBLINGS), over);
    }
  };

  const sendHeartbeats = async () => {
    for (let isFirst = true; !over.aborted; isFirst = false) {
      const sample = await machine.takeSample();
      await attempt('the heartbeat', () => answered((options) => client.agents.heartbeat.mutate(sample, options)));
      const hasRates = sample.networkReceivedBytesPerSecond !== null;
      await next.wait(isFirst && !hasRates ? Math.min(SECOND_SAMPLE_MS, heartbeatMs()) : heartbeatMs(), over);
    }
  };

  const sendChanges = () =>
    watchChanges(
      {
        look: machine.look,
        everyMs: lookEveryMs,
        onDisks: () => next.ring(),
        async onIdentity() {
          log.info('the name or the addresses of this machine changed');
          next.ring();
          return attempt('the new hello', sayHello);
        },
      },
      over,
    );

  const sendFacts = async () => {
    if (!machine.book) return;
    const lookEveryMs = () => {
      const seconds = configuration?.values().collectors?.facts_seconds;
      return seconds === undefined ? LOOK_EVERY_MS_OF_FACTS : seconds * 1000;
    };
    await tellFacts({ connection, book: machine.book, log, isKnown: areFactsKnown, lookEveryMs, again: nextFacts });
  };

  const untilRenewed = async () => {
    await renewal.untilRenewed(
      (csr) => answered((options) => client.agents.renewCertificate.mutate({ csr }, options)),
      over,
    );
    if (renewal.isDone()) connection.closeRenewed();
  };

  // Nothing is told to be run by a server that has no such call.
  const reportRuns = () =>
    commands.report((report) => answered((options) => client.agents.commandUpdate.mutate(report, options)), over);

  try {
    const isHeld = await sayHello();
    const settings = ({ heartbeatSeconds }: { heartbeatSeconds: number }) => {
      if (heartbeatSeconds === toldSeconds) return;
      toldSeconds = heartbeatSeconds;
      next.ring();
    };
    const split = () => {
      onSplit();
      connection.close();
    };
    if (isHeld) log.warn(HELD_BACK);
    else onAccepted();
    const renew = ({ withinSeconds, request }: { withinSeconds: number; request?: string }) =>
      renewal.hasten(withinSeconds, request);
    const authorities = ({ certificates }: { certificates: string[] }) => onAuthorities(certificates);
    // What a copy of this machine were told would run on both.
    const toldToRun = {
      commands: ({ runs }: { runs: DueRun[] }) => void (isHeld || commands.told(runs)),
      cancel: ({ runIds }: { runIds: string[] }) => void (isHeld || commands.cancel(runIds)),
    };
    const configure = (wanted: Parameters<FollowedConfiguration['told']>[0]) =>
      void configuration?.told(wanted, connection);
    let known = configuration?.values();
    if (configuration) {
      configuration.onHello = () => void (isHeld || over.aborted || nextHello.ring());
      configuration.onChange = () => {
        const [before, now] = [known, configuration.values()];
        known = now;
        next.ring();
        if (isHeld) return;
        if (!isDeepStrictEqual(before?.collectors, now.collectors)) nextFacts.ring();
        // What may be commanded here is in a hello.
        nextHello.ring();
      };
    }
    const acts = { settings, split, authorities, renew, ...toldToRun, configuration: configure };
    readInbox(connection, acts, memory, log);
    // Two machines must not report as one. What is held waits for its inbox to say what becomes of it.
    if (!isHeld)
      await Promise.all([sendHeartbeats(), sendChanges(), sendFacts(), untilRenewed(), reportRuns(), keepTold()]);
  } catch (error) {
    connection.close(error as Error);
  }
  return connection.ended;
}
