// @ts-check
/**
 * Builds what is stale, or ends the process with the reason. Where the packages for building were left out, as on a
 * server that runs a finished build, only a stale part is an error.
 *
 * @param {string[]} names
 */
export async function buildStale(...names) {
  try {
    const { build } = await import('./build-parts.mjs');
    await build({ names, onlyStale: true });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
