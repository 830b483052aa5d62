import type { MachineFacts } from '../../collect/machine';
import type { Acting } from '../processes/processes';
import type { CommandAbilities } from '../protocol';
import type { Exit } from '../machine';

/** Each part; four of them make the 512 KiB of the wire. */
const MAX_PART_BYTES = 120 * 1024;

export interface Diagnosing {
  readFacts: () => Promise<MachineFacts>;
  readAbilities: () => CommandAbilities;
  /** The newest lines of the agent's log. */
  logTail: (bytes: number) => string;
  journalTail: (bytes: number) => string;
}

/** What somebody needs who wants to know what is wrong with this agent. The log has no secrets. */
export async function collectDiagnostics(on: Diagnosing, { write }: Acting): Promise<Exit> {
  const part = (title: string, text: string) => write(`== ${title} ==\n${text.slice(-MAX_PART_BYTES).trimEnd()}\n\n`);
  part('facts', JSON.stringify(await on.readFacts(), null, 2));
  part('abilities', JSON.stringify(on.readAbilities(), null, 2));
  part('journal', withoutCommands(on.journalTail(MAX_PART_BYTES)));
  part('log', on.logTail(MAX_PART_BYTES));
  return { exitCode: 0 };
}

/**
 * Scripts, their environment and their input may be secret: of what was to be done only the kind is left. The first
 * line may be cut, and is left out.
 */
function withoutCommands(journal: string): string {
  return journal
    .split('\n')
    .flatMap((line) => {
      try {
        const record = JSON.parse(line.slice(line.indexOf(' '))) as { due?: { command: { kind: string } } };
        return JSON.stringify(
          record.due ? { ...record, due: { ...record.due, command: record.due.command.kind } } : record,
        );
      } catch {
        return [];
      }
    })
    .join('\n');
}
