// @ts-check
/**
 * Loaded first (`--import`) into programs that tests start, with a pipe as their standard input: they end when the
 * other end of it is gone, so that none outlives a test run that is killed.
 */
for (const event of ['error', 'close'])
  // Not by `exit`, whose listeners may wait for ever to write into what nobody reads any more.
  process.stdin.on(event, () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
// It keeps no program alive that has come to its end.
/** @type {import('node:net').Socket} */ (/** @type {unknown} */ (process.stdin)).unref();
