import { webUrl } from '../process/web-url';
import { rescueUser } from '../users/rescue-user';
import { defineCommand } from './command';
import { withTrail } from './store';
import { words } from '../../words/words';

export const usersLink = defineCommand({
  about: words('server.users_link.about'),
  run: ({ operands: [email], config }) =>
    withTrail(config, async ({ config, db, audit }) => {
      const { path, expiresAt } = await rescueUser({ db, config, audit }, email!);
      const url = `${webUrl(config, config.frontend_port)}${path}`;
      return { json: { url, expiresAt }, lines: [url, words('server.users_link.once', { expires: expiresAt })] };
    }),
});
