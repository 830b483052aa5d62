import { hash } from 'node:crypto';
import { z } from 'zod';
import { text } from '../wire-text';
import type { Disk } from './disk';
import { dueRun, runUpdate } from './protocol';

const FILE = 'journal';

/** A journal is written anew when it is larger than this, and than twice what it has to say. */
const COMPACT_BYTES = 256 * 1024;

/** Milliseconds since 1970 by this machine's clock: the only one that goes on while the agent does not run. */
const wallMs = z.number();

/** How a run ended: what is said of it, but for the time. */
const ending = runUpdate.omit({ runId: true, agoMs: true });

const journalRecord = z.discriminatedUnion('of', [
  /** Whole as it was told; it may not be started after `expiresAt`. */
  z.object({ of: z.literal('received'), due: dueRun, at: wallMs, expiresAt: wallMs }),
  /** `boot` names the time between two boots of the machine. */
  z.object({ of: z.literal('running'), runId: z.uuid(), at: wallMs, boot: text(100) }),
  z.object({ of: z.literal('over'), runId: z.uuid(), at: wallMs, expiresAt: wallMs, ending }),
  /** The server has all that there is to say of the run. Its id is kept so that it is not begun again. */
  z.object({ of: z.literal('settled'), runId: z.uuid(), at: wallMs, expiresAt: wallMs, state: ending.shape.state }),
]);
export type JournalRecord = z.infer<typeof journalRecord>;
export type Ending = z.infer<typeof ending>;

/**
 * What this machine has begun because somebody commanded it. A line a record: eight hexadecimal digits of its SHA-256,
 * and its JSON. What was added is durable when `add` returns, and there after any crash; a last line that was torn is
 * as if it had not been written, because nobody was told of it.
 */
export interface Journal {
  /** As they were when it was opened, oldest first. */
  readonly records: readonly JournalRecord[];
  /**
   * Throws the system's error when they cannot be kept: then none of them is.
   *
   * @param isHint whoever it is for can do without it after a crash: it is not waited for
   */
  add(records: readonly JournalRecord[], isHint?: boolean): void;
  /** Leaves nothing in it that its summary has not. Throws likewise. */
  compact(): void;
  /** The newest lines, for people. */
  tail(bytes: number): string;
}

/** @param summary the fewest records that say the same as all that were added */
export function openJournal(disk: Disk, summary: () => JournalRecord[]): Journal {
  const { records, length } = readRecords(disk.read(FILE));
  let end = length;
  let compactAt = Math.max(COMPACT_BYTES, 2 * end);
  // After a write or a sync that failed nobody knows what the disk has of the file: it is replaced, not gone on with.
  let isDoubtful = false;
  if (length > 0) {
    // What is read is not yet what is durable: an agent that was killed may have written it and not synced it.
    try {
      disk.sync(FILE);
    } catch {
      isDoubtful = true;
    }
  }

  const rewrite = (added: readonly JournalRecord[]) => {
    const bytes = Buffer.from([...summary(), ...added].map(lineOf).join(''));
    isDoubtful = true;
    disk.replace(FILE, bytes);
    end = bytes.length;
    compactAt = Math.max(COMPACT_BYTES, 2 * end);
    isDoubtful = false;
  };

  return {
    records,
    add(added, isHint = false) {
      if (isDoubtful || end > compactAt) return rewrite(added);
      const bytes = Buffer.from(added.map(lineOf).join(''));
      try {
        disk.writeAt(FILE, end, bytes);
        if (!isHint) disk.sync(FILE);
      } catch (error) {
        isDoubtful = true;
        throw error;
      }
      end += bytes.length;
    },
    compact: () => rewrite([]),
    tail(bytes) {
      const from = Math.max(0, end - bytes);
      return end === 0 ? '' : disk.readAt(FILE, from, end - from).toString();
    },
  };
}

function lineOf(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${digest(json)} ${json}\n`;
}

const digest = (json: string) => hash('sha256', json).slice(0, 8);

/** Up to the first line that is torn or damaged, and how many bytes that is. */
function readRecords(bytes: Buffer | null): { records: JournalRecord[]; length: number } {
  const records: JournalRecord[] = [];
  let length = 0;
  while (bytes) {
    const newline = bytes.indexOf(0x0a, length);
    if (newline < 0) break;
    const line = bytes.toString('utf8', length, newline);
    const json = line.slice(9);
    if (line.slice(0, 9) !== `${digest(json)} `) break;
    // One of a newer agent, which was taken back, says nothing that this one could act on.
    const { data } = journalRecord.safeParse(JSON.parse(json));
    if (data) records.push(data);
    length = newline + 1;
  }
  return { records, length };
}
