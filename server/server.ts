import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDatabase } from '../db/client';
import { migrateUp } from '../db/migrate';
import { createApiServer } from './api';
import { ensureServerCertificate } from './certificates/ensure-server-certificate';
import { serverNames } from './certificates/server-names';
import type { Config } from './config';
import { createLog } from './log';
import { createServices, type Services } from './services';
import { ensureConfiguredAdministrator, openSetup } from './users/setup';
import { createWebServer } from './web';

export interface RunningServer {
  services: Services;
  /** Where people go, without a trailing slash. */
  webUrl: string;
  /** Where agents of this machine go. */
  agentUrl: string;
  /** The link that makes the first administrator; null when there is one. */
  setupUrl: string | null;
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
    const log = createLog(config.log);
    const database = await openDatabase({
      url: config.database_url,
      directory: config.data_dir,
      onError: (error) => log.error({ err: error }, 'database connection lost'),
    });
    stops.push(() => database.close());
    await migrateUp(database);
    const { db } = database;
    const services = await createServices({ config, log, db });
    stops.push(() => services.presence.stop());
    const certificate = await ensureServerCertificate(services.authority, {
      directory: config.certificates.path,
      names: serverNames(config.certificates.names),
      now: new Date(),
    });
    const { email, password } = config.admin;
    if (email && password) await ensureConfiguredAdministrator(db, { email, password });
    const setupToken = await openSetup(db);

    const api = createApiServer(services, certificate);
    const apiPort = await listen(api, config.api_port, config.api_host);
    stops.push(() => closeServer(api));
    stops.push(() => services.sockets.closeAll(String(RECONNECT_WINDOW_MS)));
    const web = await createWebServer(services);
    stops.push(() => closeServer(web.server));
    const webPort = await listen(web.server, config.frontend_port, config.frontend_host);
    stops.push(() => web.close());

    const webUrl = `${config.tls.cert ? 'https' : 'http'}://localhost:${webPort}`;
    return {
      services,
      webUrl,
      agentUrl: `https://localhost:${apiPort}`,
      setupUrl: setupToken && `${webUrl}/setup?token=${setupToken}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves with the port it got, which differs from the one asked for when that is 0. Rejects when it cannot listen. */
function listen(server: Server, port: number, host?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening and ends what is still open: requests that wait for a decision would hold the process for 25 s. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
