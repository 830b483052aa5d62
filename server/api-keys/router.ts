import { z } from 'zod';
import { PERMISSIONS } from '../auth/permissions';
import { storableText } from '../storable-text';
import { router, signedIn } from '../trpc';
import { createKey } from './create-key';
import { listKeys } from './list-keys';
import { revokeKey } from './revoke-key';

const newKey = z.object({
  name: storableText(100).trim().min(1),
  permissions: z.array(z.enum(PERMISSIONS)).min(1).max(PERMISSIONS.length),
  days: z.number().int().min(1).max(366).default(90),
});

/** One's own API keys. No key may call any of these. */
export const apiKeysRouter = router({
  list: signedIn.query(({ ctx }) => listKeys(ctx)),

  create: signedIn.input(newKey).mutation(({ ctx, input }) => createKey(ctx, input)),

  revoke: signedIn.input(z.object({ keyId: z.uuid() })).mutation(({ ctx, input }) => revokeKey(ctx, input.keyId)),
});
