import { z } from 'zod';
import { revokeToken } from '../enrolment-tokens/revoke-token';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';

export const tokensRevoke = defineCommand({
  about: 'Machines that came with it stay. The audit log has it. With the embedded database, stop the server first.',
  run({ operands: [id], config }) {
    const { tokenId } = readInput(z.object({ tokenId: z.uuid() }), { tokenId: id }, { tokenId: 'ID' });
    return withTrail(config, async ({ db, audit, log }) => {
      await revokeToken({ db, audit, log }, tokenId);
      return { json: { id: tokenId, state: 'revoked' }, text: `Revoked ${tokenId}.` };
    });
  },
});
