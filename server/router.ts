import { agentsRouter } from './agents/router';
import { apiKeysRouter } from './api-keys/router';
import { hostsRouter } from './hosts/router';
import { tokensRouter } from './tokens/router';
import { createCallerFactory, router } from './trpc';
import { profileRouter } from './users/profile-router';
import { usersRouter } from './users/router';

export const appRouter = router({
  agents: agentsRouter,
  apiKeys: apiKeysRouter,
  hosts: hostsRouter,
  profile: profileRouter,
  tokens: tokensRouter,
  users: usersRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);

/** The procedures as the pages' loaders and actions call them. */
export type Api = ReturnType<typeof createCaller>;
