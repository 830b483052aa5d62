// @ts-check
/**
 * `npm run agent -- …`: builds the agent if it is older than its sources, then is the agent. All arguments are the
 * agent's.
 */
import { checkReady } from './check-ready.mjs';

checkReady();
const { buildStale } = await import('./build/build-stale.mjs');
await buildStale('agent');
await import(new URL('../build/agent/sysmanage-agent.cjs', import.meta.url).href);
