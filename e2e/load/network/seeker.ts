/**
 * One machine of `hostile-network.ts` that looks for its server, once it is told to, with what the agent looks with.
 * Argument: the pin. Says in how many milliseconds it had an answer, and goes on asking for as long as that takes.
 */
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what both sides of discovery say
import { openSearch } from '../../../agent/discovery/search';

const [pin = ''] = process.argv.slice(2);
const say = () => {};
const search = await openSearch({
  ...{ interfaces: ['all'], pins: [pin], hostname: 'seeker', platform: 'linux' },
  log: { error: say, warn: say, info: say, debug: say },
  signal: new AbortController().signal,
});

async function seek() {
  const began = performance.now();
  while ((await search.ask()).length === 0);
  process.send!({ ms: performance.now() - began });
}

process.on('message', () => void seek());
process.on('disconnect', () => process.exit());
process.send!({});
