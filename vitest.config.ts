import { defineConfig } from 'vitest/config';

const named = (ending: string) => ['agent', 'app', 'db', 'server', 'tools'].map((folder) => `${folder}/**/*${ending}.{ts,tsx}`);
const onBoth = named('.db.test');
const onPostgresql = named('.postgresql.test');
const database = {
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
    projects: [
      { test: { name: 'unit', include: named('.test'), exclude: [...onBoth, ...onPostgresql], testTimeout: 20_000 } },
      { test: { name: 'pglite', include: onBoth, ...database } },
      { test: { name: 'postgresql', include: [...onBoth, ...onPostgresql], ...database } },
    ],
  },
});
