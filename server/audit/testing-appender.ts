/**
 * A process of its own that records and seals, for tests of several at once: `DATABASE_URL SECRET NAME COUNT [crash]`.
 * With `crash` it is gone after its last commit, without having sealed it.
 */
import pino from 'pino';
import { openDatabase } from '../../db/open-database';
import { createGroupCommit } from '../process/group-commit';
import { recordAudit } from './record-audit';
import { createAuditTrail } from './trail';

const [url, secret, name, count, end] = process.argv.slice(2) as [string, string, string, string, string | undefined];
const database = await openDatabase({ url, directory: '' });
const log = pino({ level: 'error' }, pino.destination(2));
const audit = createAuditTrail({ db: database.db, log, writer: createGroupCommit(), secret });
for (let n = 0; n < Number(count); n++) {
  await database.db.transaction((tx) =>
    recordAudit(tx, { audit }, { action: 'test.append', object: { kind: 'n', id: `${name}-${n}`, label: null } }),
  );
}
if (end === 'crash') process.kill(process.pid, 'SIGKILL');
await audit.stop();
await database.close();
