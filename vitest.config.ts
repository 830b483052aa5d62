import { defineConfig } from 'vitest/config';

const named = (ending: string) =>
  ['agent', 'app', 'db', 'server', 'tools', 'words'].map((folder) => `${folder}/**/*${ending}.{ts,tsx}`);
const onBoth = named('.db.test');
const onPostgresql = [...named('.rules.test'), ...named('.postgresql.test')];
const common = {
  /** One second, as vitest has it, is too short for what waits for a reconnect while another file has the processor. */
  expect: { poll: { timeout: 10_000 } },
  setupFiles: process.env.COVERAGE_OF_PROCESSES ? ['tools/test/testing-coverage.ts'] : [],
  // Files of one worker share its modules, which take as long to load as most tests, and the PGlite that takes seconds
  // to start. What a file changes of the process, it takes back.
  isolate: false,
  // What programs say is compared in English, whatever the tester's own terminal speaks.
  env: { LC_ALL: 'C' },
};
const database = {
  ...common,
  globalSetup: ['db/testing-setup.ts'],
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // As a server runs. Otherwise the REST library describes all operations at each start of a listener, and throws that
  // away: of a test that asks one a few things, a quarter of the time.
  env: { ...common.env, NODE_ENV: 'production' as const },
};

/**
 * What a test needs, its name says: `*.db.test.ts` is about what SQL does, and runs on both databases;
 * `*.postgresql.test.ts` about what PostgreSQL alone has; `*.rules.test.ts` about rules that keep their state in a
 * database and would be the same in any (sockets, limits, shapes of requests and answers), and runs on PostgreSQL. All
 * others need none.
 */
export default defineConfig({
  test: {
    // Vitest leaves one processor free, which of two is half the speed.
    maxWorkers: '100%',
    globalSetup: ['tools/test/testing-setup.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: named('.test'),
          exclude: [...onBoth, ...onPostgresql],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { ...database, name: 'pglite', include: onBoth } },
      { test: { ...database, name: 'postgresql', include: [...onBoth, ...onPostgresql] } },
    ],
  },
});
