import 'reflect-metadata';
import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { appendCheckpoint, readCheckpoints } from '../audit/checkpoints';
import { BEGINNING, createSeals } from '../audit/seal';
import { type Fault, type Verdict, verifyChain } from '../audit/verify-chain';
import { NOT_SO, defineCommand, hasNoTable } from './command';
import { type Store, withStore } from './store';
import { inEnglish } from '../../words/say';
import { words, type Words } from '../../words/words';

export const auditVerify = defineCommand({
  about: words('server.audit_verify.about'),
  flags: { checkpoint: { type: 'string', value: 'FILE', about: words('server.audit_verify.checkpoint') } },
  exitCodes: { 0: words('server.audit_verify.exit_0'), [NOT_SO]: words('server.audit_verify.exit_1') },
  run: ({ flags, config }) => withStore(config, (store) => examine(store, flags.checkpoint)),
});

async function examine({ db, config, secret }: Store, path: string | undefined) {
  const passphrases = await readPassphrases(config);
  const authority = path && (await loadAuthority(config.certificates.path, { passphrases, isReader: true }));
  const expected = path && authority ? await readCheckpoints(path, authority) : undefined;
  const verdict = await verifyChain(db, createSeals(secret), expected).catch((error: unknown): Verdict => {
    // Whoever drops the tables leaves no record to be missed, but the checkpoints have seen some.
    if (hasNoTable(error) && expected && expected.size > 0)
      return { fault: { kind: 'missing', sequence: 1 }, verified: 0, head: BEGINNING, waiting: 0 };
    throw error;
  });
  const { fault, verified, waiting } = verdict;
  if (fault) {
    const said = describe(fault);
    return {
      json: { isWhole: false, fault, words: inEnglish(said), verified },
      lines: [said, words('server.audit_verify.whole_before', { count: verified })],
      exitCode: NOT_SO,
    };
  }
  const isNoted = path && authority ? await appendCheckpoint(path, authority, verdict.head) : false;
  return {
    json: { isWhole: true, verified, waiting, checkpoints: expected?.size ?? null, isNoted },
    lines: [...praise(verdict), ...(expected ? [compared(expected.size, isNoted)] : [])],
  };
}

const praise = ({ verified, waiting }: Verdict): Words[] => [
  words('server.audit_verify.whole', { count: verified }),
  ...(waiting > 0 ? [words('server.audit_verify.waiting', { count: waiting })] : []),
];

/** Whoever takes the file away, or gives another path by mistake, would else be told the same as ever. */
function compared(count: number, isNoted: boolean): Words {
  if (count > 0) return words('server.audit_verify.compared', { count });
  return words(isNoted ? 'server.audit_verify.compared_begun' : 'server.audit_verify.compared_none');
}

function describe(fault: Fault): Words {
  switch (fault.kind) {
    case 'changed':
      return words('server.audit_verify.changed', { sequence: String(fault.sequence), id: fault.id });
    case 'missing':
      return words('server.audit_verify.missing', { sequence: String(fault.sequence) });
    case 'inserted':
      return words('server.audit_verify.inserted', { sequence: String(fault.sequence), id: fault.id });
    case 'moved':
      return words('server.audit_verify.moved', {
        sequence: String(fault.sequence),
        id: fault.id,
        from: String(fault.from),
      });
    case 'replaced':
      return words('server.audit_verify.replaced', { sequence: String(fault.sequence) });
    case 'forged':
      return words('server.audit_verify.forged', { id: fault.id });
    case 'unguarded':
      return words('server.audit_verify.unguarded', { guard: fault.guard });
    case 'meddled':
      return words('server.audit_verify.meddled', { name: fault.name });
  }
}
