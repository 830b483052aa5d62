import { isDeepStrictEqual } from 'node:util';
import { callingOn, untilAgain } from '../connection/call-again';
import type { Connection } from '../connection/connection';
import type { Log } from '../process/log';
import { type InboxItem, offeredConfiguration, type OfferedConfiguration } from '../protocol';
import { parseServerAddress } from '../server-address';
import { proxyOf } from '../connection/proxy';
import type { Ways } from '../connection/ways';
import type { Servers } from '../servers';
import type { Documents, Wanted } from './documents';
import { ADDRESSES, inForceOf, localOf, lockedBy, type Own } from './own';
import { briefly, reportOf, Reports } from './report';
import { CONFIGURATION_FORMAT, type Configuration, configuration } from './schema';
import { explainIssue } from '../../words/explain-issue';
import { saidBy, SaidError } from '../../words/said-error';
import { type Said, words } from '../../words/words';

/** Within so long a document has reached the server, or the machine is back on the one before. */
const LIMIT_MS = 60_000;
/** Of the limit; what is left is for the way back. */
const TRIED = 0.9;

/** Perhaps with the document, which need not be fetched then. */
type Told = Wanted & Pick<Extract<InboxItem, { kind: 'configuration' }>, 'offered'>;

/** The agent's configuration as the server wants it, over all connections. */
export interface FollowedConfiguration {
  /** What is to be done now: by the document that is tried, while one is. */
  values(): Configuration;
  /** What agent.yaml tags this machine with, and what it lets be commanded. */
  tags(): readonly string[];
  lock(): Own['commands'];
  /** The server said what it wants, and which keys of agent.yaml it wants taken out. Never rejects. */
  told(wanted: Told & { putBack?: readonly string[] | undefined }, connection: Connection): Promise<void>;
  /** The machine's owner decided otherwise, on the machine. */
  decided(own: Own): void;
  /**
   * The server answered a hello, at that address. Never rejects.
   * @param instead why it is not reached by what is configured, and how it is
   */
  accepted(connection: Connection, server: URL, instead?: Said): Promise<void>;
  /** Keys of which the machine's owner has decided. */
  locked(): readonly string[];
  /** Called when what is to be done changed. One connection at a time listens. */
  onChange: () => void;
  /** Called when those of agent.yaml are others. Likewise. */
  onHello: () => void;
}

interface Following {
  documents: Documents;
  own: Own;
  servers: Servers;
  /** Keeps how the server was reached before. */
  ways?: Ways;
  log: Log;
  /** Asked before a document is tried. Throws a SaidError where this machine cannot do what it says. */
  check?: (values: Configuration, before: Configuration) => void;
  /** Called with what is to be done, now and when it changes. */
  apply?: (values: Configuration) => void;
  limitMs?: number | undefined;
  /** Takes keys out of agent.yaml. */
  putBack?: (keys: readonly string[]) => void;
  /** Looks whether somebody has changed agent.yaml, and calls `decided` if so. */
  look?: () => void;
  random?: (() => number) | undefined;
}

/**
 * Applies what the server wants so that the server can always be reached: a document comes into force when it has
 * reached the server, over a new connection to one of its own addresses when it changes how to connect. One that has
 * not within the limit is left, and the server hears why. A restart is never needed.
 */
export function followConfiguration(following: Following): FollowedConfiguration {
  const {
    documents,
    servers,
    ways,
    log,
    check = () => {},
    apply = () => {},
    limitMs = LIMIT_MS,
    putBack = () => {},
    look = () => {},
    random,
  } = following;
  const triedMs = limitMs * TRIED;
  let { own } = following;
  /** Ends the trial that is under way. */
  let deadline: NodeJS.Timeout | undefined;
  /** Whether the trial needs a new connection, and whom it must reach. */
  let mustReach: ReadonlySet<string> | null = null;
  let isFetching = false;
  /** Whether the document in force was tried anew for its addresses, since somebody last changed agent.yaml. */
  let hasReturned = false;
  let latest: { wanted: Told; connection: Connection } | null = null;
  /** Aborts when the server says something newer. */
  let newer = new AbortController();
  /** Why the server is not reached by what is configured, and how it is. */
  let detour: Said = '';
  /** The last that the server has accepted. */
  let present: Connection | null = null;
  /** What the server has handed over last, and on which connection: of that it knows what it says. */
  let handed: { hash: string; connection: Connection } | null = null;

  const values = () => inForceOf((documents.candidate ?? documents.inForce).document, own);
  const reports = new Reports({ log, random }, (connection) => {
    const isHanded = handed?.connection === connection && handed.hash === documents.inForce.hash;
    const whole = reportOf(documents, own, values(), detour);
    return connection.takesBriefReports ? briefly(whole, isHanded ? documents.inForce.document : null) : whole;
  });
  const changed = () => {
    apply(values());
    followed.onChange();
  };

  async function pursue(): Promise<void> {
    while (latest && !isFetching && !documents.candidate) {
      const { wanted: told, connection } = latest;
      const { offered: document, ...wanted } = told;
      latest = null;
      if (!documents.isNews(wanted) || connection.over.aborted) continue;
      if (document) {
        await tryDocument(wanted, document, connection);
        continue;
      }
      isFetching = true;
      const offered = await fetchOffered(connection).finally(() => (isFetching = false));
      if (offered) await tryDocument({ ...wanted, hash: offered.hash }, offered, connection);
    }
  }

  /**
   * Asks until it is answered: it is not told again on this connection. Null when there is something newer to ask for.
   */
  async function fetchOffered(connection: Connection): Promise<OfferedConfiguration | null> {
    const { retry, patience } = callingOn(connection, { log, random });
    while (!latest) {
      try {
        const options = { signal: patience() };
        return offeredConfiguration.parse(await connection.client.agents.configuration.query(undefined, options));
      } catch (error) {
        const what = 'the configuration was not fetched';
        if (latest || (await untilAgain(retry, error, what, newer.signal))) continue;
        if (!connection.over.aborted) log.warn(`${what}: ${(error as Error).message}`);
        return null;
      }
    }
    return null;
  }

  async function tryDocument(
    wanted: Wanted,
    offered: { format: number; document: unknown },
    connection: Connection,
    isReturn = false,
  ): Promise<void> {
    const before = values();
    reports.isDue = true;
    handed = isReturn ? handed : { hash: wanted.hash, connection };
    try {
      const document = read(offered);
      check(inForceOf(document, own), before);
      documents.begin(wanted, document);
    } catch (error) {
      const why = saidBy(error);
      log.warn(words('agent.configuration.refused', { why }));
      documents.refuse(wanted, why);
      return reports.report(connection);
    }
    log.info('a configuration of the server is tried');
    deadline = setTimeout(() => fail(connection), triedMs);
    const after = values();
    mustReach = isReturn || isAboutConnecting(before, after) ? new Set(addressesOf(after, servers)) : null;
    changed();
    const tried = documents.candidate;
    if (mustReach) {
      await reports.sayLeaving(connection);
      if (documents.candidate === tried) servers.tryInstead(addressesIn(after) ?? servers.all);
      return;
    }
    // One that changes nothing about connecting reaches the server when that answers under it. It is a matter of
    // milliseconds, and not worth a report of its own.
    if ((await connection.answers()) && documents.candidate === tried) await confirm(connection);
  }

  /**
   * Its own document is tried anew, for its addresses: with those that somebody wrote into agent.yaml this machine may
   * be connected now, and with no others. Once, or it would leave whenever it is told so.
   */
  async function returnToAddresses(connection: Connection): Promise<void> {
    const { hash, document } = documents.inForce;
    if (hasReturned || documents.candidate || hash === null || !document.server?.addresses) return;
    hasReturned = true;
    await tryDocument({ hash }, { format: CONFIGURATION_FORMAT, document }, connection, true);
  }

  /**
   * Those of them that agent.yaml still says as people were shown it: an edit of this very moment is none of theirs.
   */
  function asReported(keys: readonly string[]): readonly string[] {
    const local = () => localOf(own, documents.inForce.document);
    const before = local();
    look();
    const now = local();
    return keys.filter((key) => isDeepStrictEqual(before.get(key), now.get(key)));
  }

  async function confirm(connection: Connection): Promise<void> {
    if (!documents.candidate) return;
    const before = { addresses: servers.confirmed, proxy: proxyOf(inForceOf(documents.inForce.document, own)) };
    if (mustReach) ways?.left(before);
    try {
      documents.confirm(() => mustReach && servers.keepTried());
    } catch (error) {
      if (!documents.candidate) throw error;
      return fail(connection, saidBy(error));
    }
    clearTimeout(deadline);
    log.info('the configuration of the server is in force');
    reports.isDue = true;
    await reports.report(connection);
    await pursue();
  }

  function fail(connection: Connection, why?: Said): void {
    if (!documents.candidate) return;
    clearTimeout(deadline);
    const seconds = Math.round(triedMs / 1000);
    const failure = servers.lastFailure === '' ? words('agent.configuration.no_answer') : servers.lastFailure;
    const reason = why ?? words('agent.configuration.unreached', { seconds, why: failure });
    log.warn(words('agent.configuration.left', { why: reason }));
    documents.goBack(reason);
    reports.isDue = true;
    changed();
    if (mustReach) servers.goBack();
    else void reports.report(connection).then(pursue);
  }

  const followed: FollowedConfiguration = {
    values,
    tags: () => own.tags ?? [],
    lock: () => own.commands,
    onChange: () => {},
    onHello: () => {},
    async told({ putBack: keys = [], ...wanted }, connection) {
      latest = { wanted, connection };
      newer.abort();
      newer = new AbortController();
      const asked = keys.length > 0 ? asReported(keys) : [];
      if (asked.length > 0) putBack(asked);
      if (asked.includes(ADDRESSES)) await returnToAddresses(connection);
      await pursue();
    },
    decided(now) {
      const [before, { document }] = [own, documents.inForce];
      own = now;
      const isLocked = !isDeepStrictEqual(before.commands, now.commands);
      if (isLocked) log.info('agent.yaml says something else of what may be commanded');
      const isTagged = !isDeepStrictEqual(before.tags, now.tags);
      if (isTagged) log.info('agent.yaml has other tags for this machine');
      if (isLocked || isTagged) followed.onHello();
      // Where it is connected now, which it keeps in agent.yaml itself, is no decision of anybody's.
      const saying = ({ lock, ...said }: Own) => [said.values, lock, localOf({ lock, ...said }, document)];
      if (isDeepStrictEqual(saying(before), saying(now))) return;
      hasReturned = false;
      reports.isDue = true;
      log.info('agent.yaml says something else of the configuration');
      changed();
      if (present && !present.over.aborted) void reports.report(present);
    },
    locked: () => lockedBy(own),
    async accepted(connection, server, instead = '') {
      present = connection;
      if (!isDeepStrictEqual(instead, detour)) reports.isDue = true;
      detour = instead;
      if (documents.candidate && (!mustReach || mustReach.has(server.host))) return confirm(connection);
      await reports.report(connection);
    },
  };
  apply(values());
  return followed;
}

/** Throws an Error with what is wrong, by key. */
function read({ format, document }: { format: number; document: unknown }): Configuration {
  if (format > CONFIGURATION_FORMAT) {
    throw new SaidError(words('agent.configuration.format', { format, known: CONFIGURATION_FORMAT }));
  }
  const result = configuration.safeParse(document);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => {
    const mistake = explainIssue(issue);
    return issue.path.length > 0 ? words('common.input.at', { place: issue.path.join('.'), mistake }) : mistake;
  });
  throw new SaidError(words('agent.configuration.wrong', { mistakes: mistakes.slice(0, 20) }));
}

const addressesIn = ({ server }: Configuration) => server?.addresses?.map(parseServerAddress);

const addressesOf = (values: Configuration, servers: Servers) =>
  (addressesIn(values) ?? servers.all).map(({ host }) => host);

const isAboutConnecting = (before: Configuration, after: Configuration) =>
  !isDeepStrictEqual(before.server, after.server) || before.heartbeat?.ping_seconds !== after.heartbeat?.ping_seconds;
