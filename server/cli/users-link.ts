import { webUrl } from '../process/web-url';
import { rescueUser } from '../users/rescue-user';
import { defineCommand } from './command';
import { withTrail } from './store';

export const usersLink = defineCommand({
  about:
    'For when no administrator can do so on the page Users. It ends a lock of the account, too; the old password holds\n' +
    'until the link is used. The audit log has it. With the embedded database, stop the server first, and start it\n' +
    'again before the link is opened.',
  run: ({ operands: [email], config }) =>
    withTrail(config, async ({ config, db, audit }) => {
      const { path, expiresAt } = await rescueUser({ db, config, audit }, email!);
      const url = `${webUrl(config, config.frontend_port)}${path}`;
      return {
        json: { url, expiresAt },
        text: `${url}\nIt works once, until ${expiresAt}. The old password holds until then.`,
      };
    }),
});
