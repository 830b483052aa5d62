import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type Express, type Request, type Response } from 'express';
import { serveOutput } from './commands/output/serve-output';
import { sayIn } from '../words/say';
import { answerFailure } from './http/answer-failure';
import { awaitBody } from './http/await-body';
import type { Config } from './config';
import { chooseLanguage } from './http/languages';
import { createProxyCheck } from './http/client-address';
import { createContext } from './context';
import { serveExports } from './list/serve-exports';
import { createLiveUpgrade } from './live/live-socket';
import { type Log, logFailure, logPageFailure, logProcedureError } from './log';
import { PAGES_TLS } from './http/pages-tls';
import { pagesAct, pagesApi } from './pages-api';
import { importFile } from './process/import-file';
import { projectRoot } from './process/project';
import { createOperations } from './measures/serve-operations';
import { readBody } from './http/read-body';
import type { WebCertificate } from './certificates/served/read-web-certificate';
import { requireCall } from './http/require-call';
import { requireForm } from './http/require-form';
import { appRouter } from './router';
import { mayCompress } from './http/may-compress';
import { createOriginGuard } from './http/same-origin';
import { bareHeaders, securityHeaders } from './http/security-headers';
import { serveFiles } from './http/serve-files';
import type { Services } from './services';
import { HANDSHAKE_PATIENCE, PATIENCE, READS_EVERYTHING, serveReadable } from './http/serve-readable';
import { dispatchUpgrades } from './http/upgrade';
import { responseMeta } from './trpc';
import { keepAccountLanguage } from './rest/account-language';

/** Enough for any call of a page. */
const MAX_CALL_BYTES = 64 * 1024;

/** The people's listener: pages, their tRPC, and the live stream. */
export async function createWebServer(
  services: Services,
  { apiPort, certificate }: { apiPort: number; certificate: WebCertificate | null },
): Promise<{ server: http.Server; serve(certificate: WebCertificate): void; close(): Promise<void> }> {
  const { config, log } = services;
  const app = express();
  app.disable('x-powered-by');
  // Links that are shown once carry the scheme that the browser used.
  const isProxy = createProxyCheck(config.trusted_proxies);
  app.set('trust proxy', (address: string) => isProxy(address.replace(/^::ffff:/i, '')));
  app.use((_request, response, next) => {
    response.locals.nonce = randomBytes(16).toString('base64');
    next();
  });
  if (!config.dev) app.use(securityHeaders({ https: Boolean(certificate) }));
  if (config.ops.port === undefined) {
    const answersOperations = createOperations(services);
    app.use((request, response, next) => void (answersOperations(request, response) || next()));
  }
  const origins = createOriginGuard(config.trusted_proxies, log);
  app.use(origins.guardRequests);
  // A page whose form was refused by somebody asks here what is wrong, and changes nothing by it.
  app.post('/origin', (_request, response) => void response.sendStatus(204));
  app.use('/trpc', requireCall, readBody(MAX_CALL_BYTES));
  app.use(
    '/trpc',
    createExpressMiddleware({
      router: appRouter,
      createContext: ({ req, res }) => webContext(services, req, res),
      responseMeta,
      onError: (failure) => logProcedureError(log, failure),
      maxBodySize: MAX_CALL_BYTES,
      allowBatching: false,
    }),
  );
  app.use(serveExports((request, response) => webContext(services, request, response)));
  app.use(serveOutput((request, response) => webContext(services, request, response)));
  app.use(awaitBody);
  const pages = await servePages(app, config);
  const handlesPages = onceLoaded(log, async () =>
    createRequestHandler({
      build: await pages.load(),
      mode: config.dev ? 'development' : 'production',
      async getLoadContext(request, response) {
        const context = await webContext(services, request, response);
        const { nonce } = response.locals as { nonce: string };
        const api = pagesApi(context, request.originalUrl);
        return {
          api,
          act: pagesAct(api),
          requestId: context.requestId,
          reportFailure: (error) => logPageFailure(context, request.path, error),
          language: chooseLanguage(request, context.session?.user.language ?? null),
          wasSignedOut: !context.session && context.sessions.isShown(request.headers.cookie),
          nonce,
          mayCompress: mayCompress(request),
          apiPort,
        };
      },
    }),
  );
  app.all('*', requireForm, (request, response, next) => {
    // Remix and Express would read them in their own way, and one-time links must name what `guardRequests` has seen.
    const { host, scheme } = services.askedFor(request);
    delete request.headers['x-forwarded-host'];
    Object.assign(request.headers, { host, 'x-forwarded-proto': scheme });
    handlesPages.get().then((handle) => handle(request, response, next), next);
  });
  app.use(answerFailure(log));

  const options = { ...READS_EVERYTHING, ...PATIENCE };
  const secure = certificate
    ? https.createServer({ ...PAGES_TLS, ...certificate, ...options, ...HANDSHAKE_PATIENCE })
    : null;
  const server = secure ?? http.createServer(options);
  const headers = bareHeaders({ https: Boolean(certificate) });
  serveReadable(server, app, headers);
  const live = createLiveUpgrade(services, origins);
  dispatchUpgrades(
    server,
    { '/trpc': live.upgrade },
    { headers, onError: (error) => logFailure(log, 'live stream upgrade failed', error) },
  );
  return {
    server,
    serve: ({ cert, key }) => secure?.setSecureContext({ ...PAGES_TLS, cert, key }),
    async close() {
      handlesPages.cancel();
      await live.closeAll();
      await pages.close();
    },
  };
}

async function webContext(services: Services, request: Request, response: Response) {
  const context = createContext(services, 'web', request);
  const session = await context.sessions.find(request.headers.cookie);
  return {
    ...context,
    session,
    say: sayIn([chooseLanguage(request, session?.user.language ?? null)]),
    setCookie: (cookie: string) => void response.append('Set-Cookie', cookie),
    setLanguage: keepAccountLanguage(response),
  };
}

/** The built pages, or in development Vite's, which change as their sources do. */
async function servePages(app: Express, { dev }: Config) {
  if (dev) {
    const { createServer } = await import('vite');
    const vite = await createServer({ server: { middlewareMode: true } });
    app.use(vite.middlewares);
    const build = () => vite.ssrLoadModule('virtual:remix/server-build') as Promise<ServerBuild>;
    return { load: async () => build, close: () => vite.close() };
  }
  app.use(serveFiles(join(projectRoot, 'build/app/client')));
  const file = join(projectRoot, 'build/app/server/index.js');
  await access(file);
  return { load: async () => (await importFile(file)) as ServerBuild, close: async () => undefined };
}

/** A server that has so long been there has nothing more urgent to do. */
const SOON_MS = 1_000;

/**
 * Loads the code of all pages a moment after the start, or when a page is asked for sooner: agents and programs need
 * not wait for a third of what a start takes. What fails is tried again for the next one who asks.
 */
function onceLoaded<Loaded>(log: Log, load: () => Promise<Loaded>): { get(): Promise<Loaded>; cancel(): void } {
  let loading: Promise<Loaded> | undefined;
  const get = () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const loadSoon = () => get().catch((error: unknown) => logFailure(log, 'pages could not be loaded', error));
  const timer = setTimeout(() => void loadSoon(), SOON_MS).unref();
  return { get, cancel: () => clearTimeout(timer) };
}
