import { cp, rm } from 'node:fs/promises';
import { test as base, expect, type ConsoleMessage, type Page } from '@playwright/test';
import { cloneDatabase } from '../db/testing-postgresql';
import { readTemplate } from './make-template';
import { type SharedServer, startSharedServer, temporary } from './shared-server';
import { startProgram, type Program } from './start-process';
import { ADMIN, ADMIN_ENVIRONMENT, startServer, type Server } from './start-server';

interface Options {
  /** Whether the server has the embedded database, as a first start without settings has, and not PostgreSQL. */
  embedded: boolean;
  /** Whether the server already has its first administrator. */
  administrator: boolean;
  /** Whether the server runs this machine's own agent. */
  localAgent: boolean;
  serverEnvironment: Record<string, string>;
  /**
   * Whether the server is one that journeys of any file use one after the other, each worker its own. Hosts and users
   * are deleted in between, by the server's own acts; what cannot be, such as audit records, API keys and failed
   * sign-ins, is there to be met: whoever minds, or stops the server, has one of their own.
   */
  shares: boolean;
}

export interface Fixtures {
  /** The server that is shared, if it is. */
  shared: SharedServer | undefined;
  dataDir: string;
  /** Of the server's database; undefined with the embedded one. */
  databaseUrl: string | undefined;
  server: Server;
  /** Once the server has stopped: another in its place, with its data and its settings. It stops with the test. */
  startAgain: () => Promise<Server>;
  /** What the server is started with. */
  serverSettings: Record<string, string>;
  /** The browser is signed in as this administrator: by a request, not by clicking. */
  admin: typeof ADMIN;
  /** Starts the built agent; without a folder it is a machine with a new key. */
  startAgent: (stateDir?: string) => Promise<Program & { stateDir: string }>;
  /** What the browser complains about fails the test, apart from what is expected here. */
  expectComplaint: (pattern: RegExp) => void;
}

interface Worker {
  sharedServers: {
    /** The worker's, which is started for the first who asks. */
    open: () => Promise<SharedServer>;
  };
  /** A data directory with the embedded database and an administrator in it, to be copied: making one takes seconds. */
  embeddedTemplate: () => Promise<string>;
}

/**
 * The live stream ends with the session, and the page's next try is refused. The browser reports that, whatever we do.
 * If the page was on its way somewhere, Remix gives that up for the sign-in and leaves a promise of its own rejected.
 */
export const SIGNED_OUT =
  /WebSocket connection to .* failed: HTTP Authentication failed|AbortError: signal is aborted without reason/;

/**
 * A page that was opened or loaded again is waited for until its script is at work: before that, a button that needs it
 * does nothing, and what is typed may be taken back. One without script, and what is no page of ours, is not.
 */
function openWithScript(page: Page) {
  const waiting =
    <Args extends unknown[], Answer>(open: (...args: Args) => Promise<Answer>) =>
    async (...args: Args) => {
      const answer = await open(...args);
      await page.waitForFunction(
        () => !('__remixContext' in window) || 'hydrated' in (document.documentElement?.dataset ?? {}),
      );
      return answer;
    };
  page.goto = waiting(page.goto.bind(page));
  page.reload = waiting(page.reload.bind(page));
}

export const test = base.extend<Options & Fixtures, Worker>({
  administrator: [true, { option: true }],
  embedded: [false, { option: true }],
  localAgent: [false, { option: true }],
  serverEnvironment: [{}, { option: true }],
  shares: [false, { option: true }],

  browser: [
    async ({ browser }, use) => {
      browser.on('context', (context) => context.on('page', openWithScript));
      await use(browser);
    },
    { scope: 'worker' },
  ],

  embeddedTemplate: [
    async ({}, use) => {
      let made: string | undefined;
      await use(async () => {
        if (made) return made;
        const dataDir = await temporary('template');
        const server = await startServer({ dataDir, env: ADMIN_ENVIRONMENT });
        expect(await server.stop(), server.output()).toBe(0);
        return (made = dataDir);
      });
      if (made) await rm(made, { recursive: true });
    },
    { scope: 'worker' },
  ],

  sharedServers: [
    async ({}, use) => {
      let started: SharedServer | undefined;
      await use({ open: async () => (started ??= await startSharedServer()) });
      await started?.stop();
    },
    { scope: 'worker' },
  ],

  shared: async ({ shares, sharedServers }, use, testInfo) => {
    if (!shares) return use(undefined);
    const shared = await sharedServers.open();
    const { output } = shared.server;
    const before = output().length;
    await use({ ...shared, server: { ...shared.server, output: () => output().slice(before) } });
    // After a failure the worker ends, and its server with it.
    if (testInfo.status === testInfo.expectedStatus) return shared.forget();
    await testInfo.attach('server.log', { body: shared.server.output() });
  },

  dataDir: async ({ administrator, embedded, embeddedTemplate, shared }, use) => {
    if (shared) return use(shared.dataDir);
    const folder = await temporary('data');
    if (administrator)
      await cp(embedded ? await embeddedTemplate() : readTemplate().dataDir, folder, { recursive: true });
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },

  databaseUrl: async ({ administrator, embedded, shared }, use) => {
    if (shared) return use(shared.databaseUrl);
    if (embedded) return use(undefined);
    const { postgresql, database, empty } = readTemplate();
    const { url, drop } = await cloneDatabase(postgresql, administrator ? database : empty);
    await use(url);
    await drop();
  },

  serverSettings: async ({ databaseUrl, serverEnvironment }, use) => {
    await use({ ...(databaseUrl && { DATABASE_URL: databaseUrl }), ...serverEnvironment });
  },

  server: async ({ shared, dataDir, administrator, embedded, localAgent, serverSettings }, use, testInfo) => {
    if (shared) {
      const isPlain = administrator && !embedded && !localAgent && Object.keys(serverSettings).length === 1;
      expect(isPlain, 'a server with settings of its own is not shared').toBe(true);
      return use(shared.server);
    }
    const server = await startServer({ dataDir, localAgent, env: serverSettings });
    await use(server);
    const code = await server.stop();
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('server.log', { body: server.output() });
    expect(code, 'the server stops cleanly').toBe(0);
  },

  startAgain: async ({ server: _, dataDir, serverSettings }, use) => {
    const servers: Server[] = [];
    await use(async () => {
      const server = await startServer({ dataDir, env: serverSettings });
      servers.push(server);
      return server;
    });
    for (const server of servers) expect(await server.stop(), server.output()).toBe(0);
  },

  baseURL: ({ server }, use) => use(server.url),

  admin: async ({ context, server, shared }, use) => {
    if (shared) {
      const { cookies } = await (await shared.administrator()).storageState();
      await context.addCookies(cookies);
      return use(ADMIN);
    }
    const answer = await context.request.post(`${server.url}/trpc/users.signIn`, {
      data: ADMIN,
      headers: { origin: server.url },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    await use(ADMIN);
  },

  startAgent: async ({ server }, use, testInfo) => {
    const agents: Program[] = [];
    const made: string[] = [];
    await use(async (stateDir) => {
      if (!stateDir) made.push((stateDir = await temporary('agent')));
      const agent = startProgram('agent/sysmanage-agent.cjs', ['--server', server.agentsUrl, '--state-dir', stateDir]);
      agents.push(agent);
      return { ...agent, stateDir };
    });
    for (const agent of agents) {
      await agent.stop();
      if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('agent.log', { body: agent.output() });
    }
    for (const folder of made) await rm(folder, { recursive: true });
  },

  expectComplaint: [
    async ({ context }, use) => {
      const expected: RegExp[] = [];
      const complaints: string[] = [];
      context.on('console', (message: ConsoleMessage) => {
        if (['error', 'warning'].includes(message.type()))
          complaints.push(`${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => complaints.push(String(error.error().stack || error.error())));
      await use((pattern) => void expected.push(pattern));
      expect(complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
