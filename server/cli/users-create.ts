import { ROLES } from '../auth/permissions';
import { webUrl } from '../process/web-url';
import { inviteFromServer, newPerson } from '../users/invite-user';
import { linkPath } from '../users/links';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';
import { words } from '../../words/words';

export const usersCreate = defineCommand({
  about: words('server.users_create.about'),
  flags: {
    role: { type: 'string', value: 'ROLE', about: words('server.users_create.role', { roles: ROLES.join(', ') }) },
    name: { type: 'string', value: 'NAME', about: words('server.users_create.name') },
  },
  run({ operands: [email], flags: { role = 'administrator', name = '' }, config }) {
    const person = readInput(newPerson, { email, role, name }, { email: 'EMAIL', role: '--role', name: '--name' });
    return withTrail(config, async ({ config, db, audit }) => {
      const { userId, link } = await inviteFromServer({ db, audit }, person);
      const url = `${webUrl(config, config.frontend_port)}${linkPath('invitation', link)}`;
      return {
        json: { userId, url, expiresAt: link.expiresAt },
        lines: [url, words('server.users_create.once', { expires: link.expiresAt })],
      };
    });
  },
});
