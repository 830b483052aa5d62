import 'reflect-metadata';
import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { appendCheckpoint, readCheckpoints } from '../audit/checkpoints';
import { BEGINNING, createSeals } from '../audit/seal';
import { type Fault, type Verdict, verifyChain } from '../audit/verify-chain';
import { NOT_SO, defineCommand, hasNoTable } from './command';
import { type Store, withStore } from './store';

export const auditVerify = defineCommand({
  about:
    'Walks the log from its beginning, and looks whether the database still refuses changes to it. With the embedded\n' +
    'database, stop the server first. What it protects from: docs/audit-log.md.',
  flags: {
    checkpoint: {
      type: 'string',
      value: 'FILE',
      about:
        'compare with the signed checkpoints in this file, and add one when all is well; keep it where nobody who writes ' +
        'into the database can: it shows records cut off from the end',
    },
  },
  exitCodes: { 0: 'the log is whole and guarded', [NOT_SO]: 'it is not; the first broken record is named' },
  run: ({ flags, config }) => withStore(config, (store) => examine(store, flags.checkpoint)),
});

async function examine({ db, config, secret }: Store, path: string | undefined) {
  const passphrases = await readPassphrases(config);
  const authority = path && (await loadAuthority(config.certificates.path, { passphrases, mayMake: false }));
  const expected = path && authority ? await readCheckpoints(path, authority) : undefined;
  const verdict = await verifyChain(db, createSeals(secret), expected).catch((error: unknown): Verdict => {
    // Whoever drops the tables leaves no record to be missed, but the checkpoints have seen some.
    if (hasNoTable(error) && expected && expected.size > 0)
      return { fault: { kind: 'missing', sequence: 1 }, verified: 0, head: BEGINNING, waiting: 0 };
    throw error;
  });
  const { fault, verified, waiting } = verdict;
  if (fault) {
    const words = describe(fault);
    return {
      json: { isWhole: false, fault, words, verified },
      text: `${words}\n${verified} records before it are whole.`,
      exitCode: NOT_SO,
    };
  }
  const isNoted = path && authority ? await appendCheckpoint(path, authority, verdict.head) : false;
  return {
    json: { isWhole: true, verified, waiting, checkpoints: expected?.size ?? null, isNoted },
    text: [praise(verdict), ...(expected ? [compared(expected.size, isNoted)] : [])].join('\n'),
  };
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
