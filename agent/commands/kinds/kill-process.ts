import type { Command } from '../command-kinds';
import { words } from '../../../words/words';
import { type Exit, inDetail } from '../machine';
import { readProcesses } from './list-processes';

/** Two readings of when one process began differ by this: systems count it from their start, in ticks. */
const SAME_MS = 2_000;

/** Signals one process: the one that was listed, not another one that has its number now. */
export async function killProcess({
  pid,
  signal,
  startedAt,
}: Extract<Command, { kind: 'kill_process' }>): Promise<Exit> {
  if (pid === process.pid) return { reason: 'not_permitted', ...inDetail(words('agent.run.is_agent')) };
  if (startedAt !== undefined) {
    const running = (await readProcesses()).find((other) => other.pid === pid);
    const isSame = running && Math.abs(Date.parse(running.startedAt) - Date.parse(startedAt)) <= SAME_MS;
    if (!isSame)
      return { reason: 'other', ...inDetail(words('agent.run.no_process', { pid: String(pid), at: startedAt })) };
  }
  try {
    process.kill(pid, `SIG${signal}`);
    return { exitCode: 0 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { reason: code === 'EPERM' ? 'not_permitted' : 'other', detail: message };
  }
}
