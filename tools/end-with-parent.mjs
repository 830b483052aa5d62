// @ts-check
/**
 * Loaded first (`--import`) into programs that tests start, with a pipe as their standard input: they end when the
 * other end of it is gone, so that none outlives a test run that is killed.
 */
process.stdin.on('error', () => process.exit(1));
process.stdin.on('close', () => process.exit(1));
process.stdin.resume();
// It keeps no program alive that has come to its end.
/** @type {import('node:net').Socket} */ (/** @type {unknown} */ (process.stdin)).unref();
