import { build } from './build-parts.mjs';

/** Vitest calls this once a run: tests that start a server, a command or an agent run what is run in earnest. */
export default async function setup(): Promise<void> {
  await build({ names: ['server', 'agent'], onlyStale: true });
}
