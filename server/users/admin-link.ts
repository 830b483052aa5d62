import { createAuditTrail } from '../audit/trail';
import { CommandError, readFlags, type Store, withStore } from '../process/command';
import { AppError } from '../errors';
import { createLog } from '../log';
import { createGroupCommit } from '../process/group-commit';
import { webUrl } from '../process/web-url';
import { rescueAdministrator } from './rescue-administrator';

const HELP = `Usage: node build/server/sysmanage.js admin link EMAIL [--config FILE]
Makes a one-time link for the administrator with this e-mail to choose a new password with, and ends a lock of their
account. For when no other administrator can do so on the page Users. The audit log has it.
  --config FILE  the server's configuration, as for npm start
With the embedded database, stop the server first and start it again before the link is opened.`;

/** @param args an e-mail and flags; returns the exit code */
export async function adminLinkCommand(args: string[]): Promise<number> {
  const { values, positionals } = readFlags(args, {
    config: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  const [email, ...more] = positionals;
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (!email || more.length > 0) throw new CommandError('one e-mail is needed; --help says more');
  return withStore(values.config, (store) => printLink(store, email));
}

async function printLink({ db, config, secret }: Store, email: string): Promise<number> {
  const audit = createAuditTrail({ db, log: createLog(config.log), writer: createGroupCommit(), secret });
  try {
    const { path, expiresAt } = await rescueAdministrator({ db, config, audit }, email);
    await audit.stop();
    console.log(`${webUrl(config, config.frontend_port)}${path}`);
    console.log(`It works once, until ${expiresAt}. The old password holds until then.`);
    return 0;
  } catch (error) {
    if (error instanceof AppError && error.appCode === 'user.not_found')
      throw new CommandError(`${email} is no active administrator`);
    throw error;
  }
}
