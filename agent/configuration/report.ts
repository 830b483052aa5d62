import { isDeepStrictEqual } from 'node:util';
import type { Said } from '../../words/words';
import { type Calling, callingOn, untilAgain } from '../connection/call-again';
import type { Connection } from '../connection/connection';
import type { ConfigurationReport, SentConfigurationReport } from '../protocol';
import { onWire } from '../wire-words';
import { type Documents, MESSAGE } from './documents';
import { localOf, lockedBy, type Own } from './own';
import { type Configuration, type Leaf, leavesOf, withoutSecrets } from './schema';

/** How this machine is configured, as it says it. */
export function reportOf(documents: Documents, own: Own, values: Configuration, detour: Said): ConfigurationReport {
  const { outcome, inForce } = documents;
  const { english, said } = outcome?.message ? { english: outcome.message, said: outcome.said } : onWire(detour);
  return {
    inForce: inForce.hash,
    values: wireValues(leavesOf(withoutSecrets(values))),
    locked: lockedBy(own),
    local: wireValues(localOf(own, inForce.document)),
    status: outcome?.status ?? 'waiting',
    of: outcome?.hash ?? null,
    message: english.slice(0, MESSAGE),
    said,
  };
}

/**
 * The same without what goes without saying.
 * @param known what the server knows that the document in force says; null when it may not
 */
export function briefly(
  { inForce, values, locked, local, status, of, message, said }: ConfigurationReport,
  known: Configuration | null,
): SentConfigurationReport {
  const isKnown = known !== null && isDeepStrictEqual(values, wireValues(leavesOf(known)));
  return {
    inForce,
    ...(!isKnown && { values }),
    ...(locked.length > 0 && { locked }),
    ...(Object.keys(local).length > 0 && { local }),
    ...(status !== 'applied' && { status }),
    ...(of !== inForce && { of }),
    ...(message && { message }),
    ...(said && { said }),
  };
}

const wireValues = (leaves: Iterable<[string, Leaf]>) =>
  Object.fromEntries(leaves) as NonNullable<SentConfigurationReport['values']>;

/** So long the server may take to hear that this machine leaves for another connection: it leaves all the same. */
const LEAVING_MS = 10_000;

const FAILED = 'the configuration was not reported';

/** Tells the server how this machine is configured. */
export class Reports {
  /** Whether there is something that the server has not heard of. An agent that starts says how it is configured. */
  isDue = true;
  /** Where one that did not get through is said again. */
  private repeatedOn: Connection | null = null;

  /** @param saying what is to be said now on that connection */
  constructor(
    private readonly calling: Calling,
    private readonly saying: (connection: Connection) => SentConfigurationReport,
  ) {}

  /** Says it if it is due. What does not get through is said again, as it is by then, while others wait for nothing. */
  async report(connection: Connection, { retry, patience } = callingOn(connection, this.calling)): Promise<void> {
    if (!this.isDue) return;
    this.isDue = false;
    try {
      await this.say(connection, patience());
    } catch (error) {
      this.isDue = true;
      if (this.repeatedOn === connection) return;
      this.repeatedOn = connection;
      void this.again(connection, { retry, patience }, error);
    }
  }

  /** Says that this machine leaves the connection. Never rejects. */
  async sayLeaving(connection: Connection): Promise<void> {
    try {
      await this.say(connection, callingOn(connection, this.calling).patience(LEAVING_MS));
    } catch (error) {
      this.explain(connection, error);
    }
  }

  private async again(connection: Connection, calling: ReturnType<typeof callingOn>, error: unknown): Promise<void> {
    const isAgain = await untilAgain(calling.retry, error, FAILED);
    if (this.repeatedOn === connection) this.repeatedOn = null;
    if (isAgain) return this.report(connection, calling);
    this.explain(connection, error);
  }

  private say(connection: Connection, signal: AbortSignal): Promise<unknown> {
    return connection.client.agents.configReport.mutate(this.saying(connection), { signal });
  }

  /** Of a server before this one, which knows no such call, too: it wants no configuration either. */
  private explain({ over }: Connection, error: unknown): void {
    if (!over.aborted) this.calling.log.debug(`${FAILED}: ${(error as Error).message}`);
  }
}
