/** An agent and a server in small, for tests of what configurations do to it. Not part of the agent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { setUpRun } from '../testing-run';
import type { Own } from './own';

export const hashOf = (digit: number) => String(digit).repeat(64);
/** Long enough for a connection on a busy machine, where one is to come about. */
const PATIENT_MS = 60_000;

/** An agent that is connected and has said how it is configured. */
export async function connected({
  limitMs = PATIENT_MS,
  lock = [] as string[],
  withoutMs,
  readsReports,
}: { limitMs?: number; lock?: string[]; withoutMs?: number; readsReports?: z.ZodType } = {}) {
  const agent = await setUpRun({ readsReports });
  const { state } = agent;
  const values: unknown[] = [];
  const putBacks: (readonly string[])[] = [];
  /** As agent.yaml would have it. */
  let own: Own = { values: {}, lock };
  const start = (signal?: AbortSignal, decided = own, servers?: URL[]) =>
    agent
      .start({
        signal,
        ...(servers && { servers }),
        configured: {
          own: decided,
          limitMs,
          withoutMs,
          apply: (applied) => void values.push(applied),
          readOwn: () => own,
          putBack(keys) {
            putBacks.push(keys);
            own = { values: {}, lock };
          },
        },
      })
      .catch(() => {});
  const stop = new AbortController();
  const ended = start(stop.signal);
  onTestFinished(() => stop.abort());
  await state.reported(1);
  await state.until(() => state.reports.length > 0);
  const end = async () => {
    stop.abort();
    await ended;
  };
  /** Waits until the agent says so of the document of that digit. */
  const says = async (status: string, digit: number) => {
    const found = () => state.reports.find((report) => report.status === status && report.of === hashOf(digit));
    await state.until(() => found() !== undefined);
    return found()!;
  };
  const decide = (decided: Own) => {
    own = decided;
    // Whatever is written there: it is looked at again.
    writeFileSync(join(agent.folder, 'agent.yaml'), `# ${JSON.stringify(decided)}\n`);
  };
  /** The same in a moment in which nobody looks. */
  const decideUnseen = (decided: Own) => void (own = decided);
  return { ...agent, values, end, says, start, decide, decideUnseen, putBacks };
}
