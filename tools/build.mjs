// @ts-check
/**
 * `node tools/build.mjs [--if-stale] [PART…]` builds `build/app`, `build/server`, `build/agent` and `build/bill`, or
 * those named. With --if-stale only what does not match its sources any more.
 */
import { checkReady } from './check-ready.mjs';

checkReady();
const { build } = await import('./build/build-parts.mjs');

const args = process.argv.slice(2);
const names = args.filter((argument) => argument !== '--if-stale');
try {
  await build({ names, onlyStale: args.includes('--if-stale') });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
