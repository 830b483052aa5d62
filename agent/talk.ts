import { Alarm } from './alarm';
import type { MachineFacts } from './collect/machine';
import type { Connection } from './connection';
import { readInbox } from './inbox';
import type { Log } from './log';
import { PROTOCOL, type Sample } from './protocol';
import type { Ending } from './socket';
import { watchChanges, type Watched } from './watch-changes';

const CALL_PATIENCE_MS = 30_000;
/** The first sample has no rates; the next one follows sooner, so that a person who just approved sees figures. */
const SECOND_SAMPLE_MS = 3_000;
const LOOK_EVERY_MS = 5_000;

/** What there is to tell. */
export interface Machine {
  readFacts: () => Promise<MachineFacts>;
  takeSample: () => Promise<Sample>;
  look: () => Promise<Watched>;
}

export interface Talk {
  connection: Connection;
  machine: Machine;
  log: Log;
  /** Called when the server has answered our hello. */
  onAccepted: () => void;
  lookEveryMs?: number;
}

/**
 * Says hello, then reports until the connection ends. Never rejects. A hello that fails ends the connection; a later
 * call that fails is logged and the connection kept, or one refused heartbeat would make the host flap.
 */
export async function talk({
  connection,
  machine,
  log,
  onAccepted,
  lookEveryMs = LOOK_EVERY_MS,
}: Talk): Promise<Ending> {
  const { client, over } = connection;
  const next = new Alarm();
  let heartbeatMs = 0;
  const patience = () => ({ signal: AbortSignal.timeout(CALL_PATIENCE_MS) });

  const sayHello = async () => {
    const facts = await machine.readFacts();
    const { heartbeatSeconds } = await client.agents.hello.mutate({ protocol: PROTOCOL, ...facts }, patience());
    heartbeatMs = heartbeatSeconds * 1000;
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

  const sendHeartbeats = async () => {
    while (!over.aborted) {
      const sample = await machine.takeSample();
      await attempt('the heartbeat', () => client.agents.heartbeat.mutate(sample, patience()));
      const hasRates = sample.networkReceivedBytesPerSecond !== null;
      await next.wait(hasRates ? heartbeatMs : Math.min(SECOND_SAMPLE_MS, heartbeatMs), over);
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

  try {
    await sayHello();
    onAccepted();
    const settings = ({ heartbeatSeconds }: { heartbeatSeconds: number }) => {
      if (heartbeatSeconds * 1000 === heartbeatMs) return;
      heartbeatMs = heartbeatSeconds * 1000;
      next.ring();
    };
    readInbox(connection, { settings }, log);
    await Promise.all([sendHeartbeats(), sendChanges()]);
  } catch (error) {
    connection.close(error as Error);
  }
  return connection.ended;
}
