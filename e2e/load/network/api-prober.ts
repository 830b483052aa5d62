/**
 * Asks the pages' API for the counts of hosts, twenty times a second, and says how long that took. Of one benchmark.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN } from '../../start-server';

const URL_OF_PAGES = 'http://127.0.0.1:3000';
const EVERY_MS = 50;

let times: number[] = [];
let cookie = '';

async function call(procedure: string, input?: object): Promise<void> {
  const headers = { origin: URL_OF_PAGES, cookie, 'content-type': 'application/json' };
  const method = input ? 'POST' : 'GET';
  const body = input && JSON.stringify(input);
  const answer = await fetch(`${URL_OF_PAGES}/trpc/${procedure}`, { method, headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${procedure} was refused: ${text}`);
  cookie ||= (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
}

process.on('message', (order: 'start' | 'stop') => {
  process.send!(order === 'start' ? {} : { times });
  times = [];
});
process.on('disconnect', () => process.exit());

await call('users.signIn', ADMIN);
process.send!({});
for (;;) {
  const began = performance.now();
  await call('hosts.counts');
  const took = performance.now() - began;
  times.push(took);
  await pause(Math.max(0, EVERY_MS - took));
}
