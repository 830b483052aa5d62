import { z } from 'zod';
import { revokeToken } from '../enrolment-tokens/revoke-token';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';
import { words } from '../../words/words';

export const tokensRevoke = defineCommand({
  about: words('server.tokens_revoke.about'),
  run({ operands: [id], config }) {
    const { tokenId } = readInput(z.object({ tokenId: z.uuid() }), { tokenId: id }, { tokenId: 'ID' });
    return withTrail(config, async ({ db, audit, log }) => {
      await revokeToken({ db, audit, log }, tokenId);
      return { json: { id: tokenId, state: 'revoked' }, lines: [words('server.tokens_revoke.done', { id: tokenId })] };
    });
  },
});
