// @ts-check
/** `npm start`: builds what is older than its sources, then is the server. All arguments are the server's. */
import { checkReady } from './check-ready.mjs';

checkReady();
const { buildStale } = await import('./build-stale.mjs');
await buildStale();
await import(new URL('../build/server/main.js', import.meta.url).href);
