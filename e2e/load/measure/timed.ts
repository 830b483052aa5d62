import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds } from './cpu-time';

export interface Timed {
  seconds: number;
  /** The longest that the server's pages did not answer meanwhile. */
  pageMs: number;
  /** Processor time of the server an agent. */
  cpuMs: number;
}

export async function timed(
  { pid, url }: { pid: number; url: string },
  agents: number,
  act: () => Promise<void>,
): Promise<Timed> {
  const [cpu, start] = [cpuSeconds(pid), performance.now()];
  let pageMs = 0;
  let isOver = false;
  const probing = (async () => {
    while (!isOver) {
      const asked = performance.now();
      await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then((answer) => answer.text());
      pageMs = Math.max(pageMs, Math.round(performance.now() - asked));
      await pause(20);
    }
  })();
  try {
    await act();
  } finally {
    // Whatever went wrong is told, and not that the server is gone afterwards.
    isOver = true;
  }
  const seconds = Number(((performance.now() - start) / 1000).toFixed(2));
  await probing;
  return { seconds, pageMs, cpuMs: Number((((cpuSeconds(pid) - cpu) / agents) * 1000).toFixed(2)) };
}
