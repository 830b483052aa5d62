import { unlockFromServer } from '../users/unlock-user';
import { defineCommand } from './command';
import { withTrail } from './store';
import { words } from '../../words/words';

export const usersUnlock = defineCommand({
  about: words('server.users_unlock.about'),
  run: ({ operands: [email], config }) =>
    withTrail(config, async ({ config, db, audit }) => {
      const until = await unlockFromServer({ db, config, audit }, email!);
      return {
        json: { wasLockedUntil: until },
        lines: [
          until
            ? words('server.users_unlock.done', { until: until.toISOString() })
            : words('server.users_unlock.was_not'),
        ],
      };
    }),
});
