// @ts-check
/** `npm start`: builds what is older than its sources, then is the server. All arguments are the server's. */
import { checkReady } from './check-ready.mjs';

checkReady();
const { buildStale } = await import('./build/build-stale.mjs');
await buildStale();
process.argv.splice(2, 0, 'serve');
await import(new URL('../build/server/sysmanage.js', import.meta.url).href);
