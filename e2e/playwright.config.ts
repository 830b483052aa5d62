import { defineConfig } from '@playwright/test';
import { findBrowser } from './browser';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: './results',
  globalSetup: './make-template.ts',
  fullyParallel: true,
  workers: 2,
  // What needs a second try on CI is named `unstable` at the end of `npm test`, and is mended before anything else.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    // Writing it costs each journey a tenth of its time: at the second try, or where `--trace on` asks for it.
    trace: { mode: 'on-first-retry', screenshots: false },
    launchOptions: {
      executablePath: findBrowser(),
      args: [
        // The sandbox needs rights that root gives up.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
        // A page is there for seconds: what is made faster for later, and cleared away beside it, costs more than it
        // saves.
        '--js-flags=--no-opt,--no-maglev,--single-threaded-gc',
      ],
    },
  },
});
