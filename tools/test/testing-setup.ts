import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build-parts.mjs';

const pages = join(import.meta.dirname, '../../build/app');

/** Vitest calls this once a run: tests that start a server, a command or an agent run what is run in earnest. */
export default async function setup(): Promise<void> {
  await build({ names: ['server', 'agent'], onlyStale: true });
  // A server does not start without pages; which, does not matter to these tests.
  if (!existsSync(pages)) await build({ names: ['app'] });
}
