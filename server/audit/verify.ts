import 'reflect-metadata';
import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { CommandError, hasNoTable, readFlags, type Store, withStore } from '../process/command';
import { appendCheckpoint, readCheckpoints } from './checkpoints';
import { BEGINNING, createSeals } from './seal';
import { type Fault, type Verdict, verifyChain } from './verify-chain';

const HELP = `Usage: node build/server/sysmanage.js audit verify [--config FILE] [--checkpoint FILE]
  --config FILE      the server's configuration, as for npm start
  --checkpoint FILE  compare with the signed checkpoints in this file, and add one when all is well.
                     It says with how many: none where there should be some means that the file is another.
                     Keep it where whoever writes into the database cannot: it shows records cut off from the end.
Exit code: 0 the log is whole and guarded, 1 it is not and the first broken record is named, others: it could not be
examined.`;

/** @param args flags; returns the exit code */
export async function verifyCommand(args: string[]): Promise<number> {
  const { values, positionals } = readFlags(args, {
    config: { type: 'string' },
    checkpoint: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return say(HELP, 0);
  if (positionals.length > 0) throw new CommandError(`${positionals[0]}: this is no flag; --help names them`);
  return withStore(values.config, (store) => examine(store, values.checkpoint));
}

async function examine({ db, config, secret }: Store, path: string | undefined): Promise<number> {
  const passphrases = await readPassphrases(config);
  const authority = path && (await loadAuthority(config.certificates.path, { passphrases, mayMake: false }));
  const expected = path && authority ? await readCheckpoints(path, authority) : undefined;
  const verdict = await verifyChain(db, createSeals(secret), expected).catch((error: unknown): Verdict => {
    // Whoever drops the tables leaves no record to be missed, but the checkpoints have seen some.
    if (hasNoTable(error) && expected && expected.size > 0)
      return { fault: { kind: 'missing', sequence: 1 }, verified: 0, head: BEGINNING, waiting: 0 };
    throw error;
  });
  if (verdict.fault) return say(`${describe(verdict.fault)}\n${verdict.verified} records before it are whole.`, 1);
  const isNoted = path && authority ? await appendCheckpoint(path, authority, verdict.head) : false;
  return say([praise(verdict), ...(expected ? [compared(expected.size, isNoted)] : [])].join('\n'), 0);
}

const praise = ({ verified, waiting }: Verdict) =>
  `The audit log is whole: ${verified} records.${waiting > 0 ? ` ${waiting} more wait to be sealed; a running server does that within a second.` : ''}`;

/** Whoever takes the file away, or gives another path by mistake, would else be told the same as ever. */
const compared = (count: number, isNoted: boolean) =>
  `Checkpoints it was compared with: ${count > 0 ? count : isNoted ? 'none: a new file was begun' : 'none'}.`;

function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'changed':
      return `Record ${fault.sequence} (${fault.id}) was changed after it was sealed, or sealed under another secret than this server's.`;
    case 'missing':
      return `Record ${fault.sequence} is missing.`;
    case 'inserted':
      return `Record ${fault.sequence} (${fault.id}) was put in; this server did not write it.`;
    case 'moved':
      return `Record ${fault.sequence} (${fault.id}) is out of its place: it was record ${fault.from}.`;
    case 'replaced':
      return `Record ${fault.sequence} is not the one that a checkpoint has seen there.`;
    case 'forged':
      return `Record ${fault.id} waits to be sealed, but this server did not write it.`;
    case 'unguarded':
      return `The guard ${fault.guard} is missing, switched off or another than it was: the log can be changed. Find out who did that, and make it again as db/migrations/0006_audit.sql does.`;
    case 'meddled':
      return `${fault.name} is a trigger, a rule or a check on the log that is none of ours: it may keep records out. Find out who made it, and drop it.`;
  }
}

function say(text: string, exitCode: number): number {
  console.log(text);
  return exitCode;
}
