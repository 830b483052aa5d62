import { ROLES } from '../auth/permissions';
import { webUrl } from '../process/web-url';
import { inviteFromServer, newPerson } from '../users/invite-user';
import { linkPath } from '../users/links';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';

export const usersCreate = defineCommand({
  about:
    'Prints a one-time link with which they choose their password; it works for a week. The audit log has it. With the\n' +
    'embedded database, stop the server first, and start it again before the link is opened.',
  flags: {
    role: { type: 'string', value: 'ROLE', about: `${ROLES.join(', ')}; administrator when left out` },
    name: { type: 'string', value: 'NAME', about: 'what they are called on the pages' },
  },
  run({ operands: [email], flags: { role = 'administrator', name = '' }, config }) {
    const person = readInput(newPerson, { email, role, name }, { email: 'EMAIL', role: '--role', name: '--name' });
    return withTrail(config, async ({ config, db, audit }) => {
      const { userId, link } = await inviteFromServer({ db, audit }, person);
      const url = `${webUrl(config, config.frontend_port)}${linkPath('invitation', link)}`;
      return {
        json: { userId, url, expiresAt: link.expiresAt },
        text: `${url}\nIt works once, until ${link.expiresAt}.`,
      };
    });
  },
});
