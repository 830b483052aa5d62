import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AGENT_VERSION } from '../process/version';
import { type ActedFile, openActed } from '../state/acted';
import type { Keeper } from '../state/keeper';
import { FILES } from '../state/open-folder';
import { MODE, renameDurably, replaceFile } from '../state/write-file';
import { type Said, words } from '../../words/words';
import { onWire } from '../wire-words';
import { type Configuration, configuration } from './schema';

const kept = z.object({ hash: z.string(), document: configuration });

/** A document of the server's; `hash` is null when there never was one. */
interface Kept {
  hash: string | null;
  document: Configuration;
}

/** What the server wants, by hash. `request` is another one when somebody wants it tried again. */
export interface Wanted {
  hash: string;
  request?: string | undefined;
}

type Outcome = NonNullable<ActedFile['configuration']>;

const NONE: Kept = { hash: null, document: {} };

/** Characters of what is said of a document; the wire takes no more. */
export const MESSAGE = 2000;

/** As a start of the agent finds it. */
interface Found extends Kept {
  /** Why it cannot be read. */
  damage?: string;
  /** The agent was killed when it had come into force, and before all was written that follows from that. */
  isHalfConfirmed: boolean;
}

/** The document that this machine has confirmed, also after a crash. One that cannot be read is as good as none. */
export function readInForce(folder: string): Found {
  try {
    const found = kept.parse(JSON.parse(readFileSync(join(folder, FILES.configuration), 'utf8')));
    const last = openActed(folder).get('configuration');
    const isNoted = last?.status !== 'applying' || last.hash !== found.hash;
    // Where it is tried once more, for its addresses, there is a candidate.
    return { ...found, isHalfConfirmed: !isNoted && !existsSync(join(folder, FILES.nextConfiguration)) };
  } catch (error) {
    const none = { ...NONE, isHalfConfirmed: false };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    return { ...none, damage: `cannot read ${FILES.configuration}: ${(error as Error).message.split('\n')[0]}` };
  }
}

/**
 * The server's documents on this machine: the one in force, and the one that is tried beside it. A tried one comes into
 * force by one rename, so that an agent that is killed at any moment has, at its next start, a document that it reached
 * the server with.
 *
 * `begin` → `confirm` or `goBack`; `refuse` for a document that is not even tried.
 */
export class Documents {
  private constructor(
    private readonly folder: string,
    private readonly keeper: Keeper,
    private now: Kept,
    private last: Outcome | null,
    private readonly version: string,
    /** Why what was in force could not be read, when this machine started. */
    readonly damage: string | undefined,
  ) {}

  /**
   * Finishes what a killed agent left: a document that it had not confirmed is no more. What an agent of another
   * version could not do is forgotten: this one may.
   */
  static open(folder: string, keeper: Keeper, version = AGENT_VERSION): Documents {
    const { damage, hash, document } = readInForce(folder);
    const last = openActed(folder).get('configuration') ?? null;
    const isOutdated = last?.status === 'failed' && last.version !== version;
    const now = { hash, document };
    const documents = new Documents(folder, keeper, now, isOutdated ? null : last, version, damage);
    if (last && last.hash === hash) documents.settle(last, 'applied');
    else if (last?.status === 'applying') documents.goBack(words('agent.configuration.stopped'));
    return documents;
  }

  private tried: Kept | null = null;

  get inForce(): Kept {
    return this.now;
  }

  /** The one that is tried, while one is. */
  get candidate(): Kept | null {
    return this.tried;
  }

  /** What came of the last one that was offered. */
  get outcome(): Outcome | null {
    return this.last;
  }

  /** Whether there is anything to do. What was tried in vain is not tried again by itself, or it would be for ever. */
  isNews({ hash, request }: Wanted): boolean {
    if (hash === this.now.hash) return false;
    const { last } = this;
    return last?.hash !== hash || last.request !== request || last.status === 'applied';
  }

  /** Nothing was changed. */
  refuse(wanted: Wanted, why: Said): void {
    this.settle(wanted, 'failed', why);
  }

  /** Writes it beside the one in force. Throws the system's error when the disk does not take it: nothing is tried. */
  begin(wanted: Wanted, document: Configuration): void {
    const outcome: Outcome = { ...wanted, status: 'applying', message: '' };
    const content = `${JSON.stringify({ hash: wanted.hash, document }, null, 2)}\n`;
    const steps = [
      // First, so that whoever finds the file knows what became of it.
      () => openActed(this.folder).set('configuration', outcome),
      () => replaceFile(join(this.folder, FILES.nextConfiguration), content, MODE.key),
    ];
    // Of one that is in force, the note without the file says that it was confirmed.
    if (wanted.hash === this.now.hash) steps.reverse();
    for (const step of steps) step();
    this.last = outcome;
    this.tried = { hash: wanted.hash, document };
  }

  /**
   * The server was reached with it. Throws the system's error; it is still tried then.
   * @param follow writes what follows from it: an agent that is killed before that is done finds it half confirmed
   */
  confirm(follow: () => void = () => {}): void {
    const { tried, last } = this;
    if (!tried || !last) throw new Error('no document is tried');
    renameDurably(join(this.folder, FILES.nextConfiguration), join(this.folder, FILES.configuration));
    this.now = tried;
    this.tried = null;
    this.last = { ...last, status: 'applied', message: '' };
    follow();
    this.note();
  }

  /** To the document in force. */
  goBack(why: Said): void {
    this.tried = null;
    if (this.last) this.settle(this.last, 'rolled_back', why);
    this.keeper.keep(FILES.nextConfiguration, () => {
      if (!this.tried) rmSync(join(this.folder, FILES.nextConfiguration), { force: true });
    });
  }

  private settle({ hash, request }: Wanted, status: Outcome['status'], why: Said = ''): void {
    const { english, ...said } = onWire(why);
    const outcome: Outcome = {
      hash,
      ...(request !== undefined && { request }),
      status,
      message: english.slice(0, MESSAGE),
      ...said,
      ...(status === 'failed' && { version: this.version }),
    };
    if (isDeepStrictEqual(outcome, this.last)) return;
    this.last = outcome;
    this.note();
  }

  private note(): void {
    this.keeper.keep(FILES.acted, () => openActed(this.folder).set('configuration', this.last ?? undefined));
  }
}
