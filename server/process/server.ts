import { resolve } from 'node:path';
import type { OpenDatabase } from '../../db/client';
import { migrateUp } from '../../db/migrate';
import { withLock } from '../../db/with-lock';
import { keepExpiringWaiting } from '../agents/enrolment/expire-waiting';
import { keepForgettingCommands } from '../commands/forget-commands';
import { keepSweepingDeadlines } from '../commands/runs/sweep-deadlines';
import { createApiServer, replaceCertificate } from '../api';
import { keepSweepingExpired } from '../auth/sweep-expired';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { keepServerCertificate } from '../certificates/served/keep-server-certificate';
import { serverNames } from '../certificates/served/server-names';
import { steadyNames } from '../certificates/served/steady-names';
import { readWebCertificate } from '../certificates/served/read-web-certificate';
import { keepLookingAtCertificates } from '../certificates/served/watch-certificates';
import { serveDump } from '../backup/serve-dump';
import type { Config } from '../config';
import { keepBeacon } from '../discovery/keep-beacon';
import { keepSettled } from '../fleets/keep-settled';
import { keepJobs } from '../jobs/keep-jobs';
import { createLog, logFailure } from '../log';
import { createMeasures } from '../measures/measures';
import { createOperationsServer } from '../measures/operations-server';
import { keepHostCounts } from '../dashboard/keep-host-counts';
import { keepHealth } from '../health/keep-health';
import { keepHistories } from '../hosts/keep-histories';
import { keepFigures } from '../hosts/figures/keep-figures';
import { keepLevels } from '../metrics/keep-levels';
import { watchStale } from '../metrics/watch-stale';
import { createServices, type Services } from '../services';
import { registerTopics } from '../topics';
import { listen } from '../http/listen';
import { ensureConfiguredAdministrator, openSetup } from '../users/setup';
import { createWebServer } from '../web';
import { deriveKey } from './derive-key';
import { explainFailure } from './explain-failure';
import { openLogFile } from './log-file';
import { openConfigured } from './open-configured';
import { loadSecret } from './secret';
import { reachable, webUrl } from './web-url';

export interface RunningServer {
  services: Services;
  /** Where people go, without a trailing slash. */
  webUrl: string;
  /** Where agents of this machine go. */
  agentUrl: string;
  /** The link that makes the first administrator; null when there is one. */
  setupUrl: string | null;
  /** Logs as the configuration says by now, in the file that has the name by now. */
  reload(read: () => Config): void;
  stop(): Promise<void>;
}

/** Agents told to come back do so spread over this window. */
const RECONNECT_WINDOW_MS = 5000;

/**
 * Starts everything in order; what fails is thrown after what had started is stopped again.
 * @throws whatever of database, certificates or listeners cannot start; `main.ts` knows how to say each
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const stops: (() => Promise<unknown>)[] = [];
  // In reverse: listeners before presence, presence before the database it writes to.
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const { file, max_mb, keep } = config.log;
    const logFile = file ? openLogFile({ file: resolve(file), max_mb, keep }) : undefined;
    const log = createLog(config.log, logFile);
    const measures = createMeasures();
    const database = await openConfigured(config, {
      pool: config.database,
      onError: (error) => logFailure(log, 'database connection lost', error),
      onQuery: (seconds) => measures.queries.observe(seconds),
    });
    stops.push(() => database.close());
    // A named pipe, as Windows has instead, would be for every user.
    if (database.kind === 'pglite' && process.platform !== 'win32') {
      const dump = await serveDump(database, { directory: config.data_dir, log });
      stops.push(() => dump.stop());
    }
    const { unindexed } = await migrateUp(database);
    if (unindexed) log.warn({ reason: unindexed }, 'searches read every host: PostgreSQL has no pg_trgm for us');
    const { services, certificate, ensureCertificate, setupToken } = await prepareServer(
      { config, log, measures },
      database,
      stops,
    );

    const api = createApiServer(services, certificate);
    const agentListener = await listen(api, { port: config.api_port, host: config.api_host });
    stops.push(() => agentListener.close());
    services.listeners.add('agents', { port: agentListener.port, host: config.api_host });
    stops.push(() => services.sockets.closeAll(String(RECONNECT_WINDOW_MS)));
    const webCertificate = readWebCertificate(config);
    const web = await createWebServer(services, { apiPort: agentListener.port, certificate: webCertificate });
    const webListener = await listen(web.server, { port: config.frontend_port, host: config.frontend_host });
    stops.push(() => webListener.close());
    stops.push(() => web.close());
    if (config.ops.port !== undefined) {
      const operations = await listen(createOperationsServer(services), {
        port: config.ops.port,
        host: config.ops.host,
      });
      stops.push(() => operations.close());
      log.info({ port: operations.port }, 'health, readiness and figures are served');
    }
    if (config.tls.cert) services.listeners.add('web', { port: webListener.port, host: config.frontend_host });
    // Last to start and first to stop: it asks both listeners.
    const watching = keepLookingAtCertificates(services);
    stops.push(() => watching.stop());
    const kept = keepServerCertificate({
      log,
      listener: 'agents',
      served: certificate,
      ensure: ensureCertificate,
      serve: (renewed) => {
        replaceCertificate(api, renewed);
        void watching.look();
      },
    });
    stops.push(() => kept.stop());
    if (webCertificate) {
      const keptWeb = keepServerCertificate({
        log,
        listener: 'pages',
        served: webCertificate,
        ensure: () => readWebCertificate(config)!,
        serve: (renewed) => {
          web.serve(renewed);
          void watching.look();
        },
      });
      stops.push(() => keptWeb.stop());
    }
    if (config.discovery.enabled) {
      const beacon = keepBeacon(services, {
        certificate: () => kept.current(),
        apiPort: agentListener.port,
        webPort: webListener.port,
      });
      stops.push(() => beacon.stop());
    }

    const pages = webUrl(config, webListener.port);
    return {
      services,
      webUrl: pages,
      agentUrl: `https://${reachable(config.api_host)}:${agentListener.port}`,
      setupUrl: setupToken && `${pages}/setup?token=${setupToken}`,
      reload(read) {
        try {
          logFile?.reopen();
          log.level = read().log.level;
          log.info({ level: log.level }, 'the log goes on as the configuration says');
        } catch (error) {
          log.error({ reasons: explainFailure(error).lines }, 'the log goes on as it was');
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Of processes that start at once the first makes the CA, the secret and the setup link, and the others find them.
 * @param stops filled with what ends again whatever runs from here on
 */
function prepareServer(
  { config, log, measures }: Pick<Services, 'config' | 'log' | 'measures'>,
  database: OpenDatabase,
  stops: (() => Promise<unknown>)[],
) {
  return withLock(database, 'start', async () => {
    const { db, readsOf } = database;
    const services = await createServices({ config, log, db, readsOf, measures });
    registerTopics(services);
    stops.push(() => services.writer.stop());
    stops.push(() => services.audit.stop());
    stops.push(() => services.presence.stop());
    const settling = keepSettled(services);
    stops.push(() => settling.stop());
    const working = keepJobs(services);
    stops.push(() => working.stop());
    const expiry = keepExpiringWaiting(services);
    stops.push(async () => expiry.stop());
    const sweeping = keepSweepingExpired(services);
    stops.push(async () => sweeping.stop());
    const deadlines = keepSweepingDeadlines(services);
    stops.push(() => deadlines.stop());
    const forgetting = keepForgettingCommands(services);
    stops.push(() => forgetting.stop());
    const histories = keepHistories(services);
    stops.push(() => histories.stop());
    const levels = keepLevels(services);
    stops.push(() => levels.stop());
    const counts = keepHostCounts(services);
    stops.push(() => counts.stop());
    const stale = watchStale(services);
    stops.push(async () => stale.stop());
    const health = keepHealth(services);
    stops.push(() => health.stop());
    const figures = keepFigures(services);
    stops.push(() => figures.stop());
    const names = steadyNames(() => serverNames(config.certificates.names));
    const ensureCertificate = () =>
      ensureServerCertificate(services.authority, { directory: config.certificates.path, names: names() });
    const certificate = await ensureCertificate();
    const { email, password } = config.admin;
    if (email && password) await ensureConfiguredAdministrator(services, { email, password });
    const setupToken = await openSetup(db, deriveKey(await loadSecret(config), 'setup link'));
    return { services, certificate, ensureCertificate, setupToken };
  });
}
