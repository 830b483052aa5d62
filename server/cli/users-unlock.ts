import { unlockFromServer } from '../users/unlock-user';
import { defineCommand } from './command';
import { withTrail } from './store';

export const usersUnlock = defineCommand({
  about: 'After too many wrong passwords, before its time is over. With the embedded database, stop the server first.',
  run: ({ operands: [email], config }) =>
    withTrail(config, async ({ config, db, audit }) => {
      const until = await unlockFromServer({ db, config, audit }, email!);
      return {
        json: { wasLockedUntil: until },
        text: until ? `Unlocked; it would have been locked until ${until.toISOString()}.` : 'It was not locked.',
      };
    }),
});
