import { defineConfig } from 'vitest/config';

const named = (ending: string) => ['agent', 'app', 'db', 'server', 'tools'].map((folder) => `${folder}/**/*${ending}.{ts,tsx}`);
const onBoth = named('.db.test');
const onPostgresql = named('.postgresql.test');
/** One second, as vitest has it, is too short for what waits for a reconnect while another file has the processor. */
const expectation = { poll: { timeout: 10_000 } };
const database = {
  expect: expectation,
  globalSetup: ['db/testing-setup.ts'],
  // Files of one worker share its modules, and with them the PGlite that takes seconds to start.
  isolate: false,
  testTimeout: 20_000,
  hookTimeout: 60_000,
};

/**
 * Tests that need a database are named `*.db.test.ts` and run on both, or `*.postgresql.test.ts` where only PostgreSQL
 * has what they are about. All others run once.
 */
export default defineConfig({
  test: {
    // Vitest leaves one processor free, which of two is half the speed.
    maxWorkers: '100%',
    globalSetup: ['tools/testing-setup.ts'],
    projects: [
      { test: { name: 'unit', include: named('.test'), exclude: [...onBoth, ...onPostgresql], testTimeout: 60_000, expect: expectation } },
      { test: { name: 'pglite', include: onBoth, ...database } },
      { test: { name: 'postgresql', include: [...onBoth, ...onPostgresql], ...database } },
    ],
  },
});
