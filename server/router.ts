import { agentsRouter } from './agents/router';
import { auditRouter } from './audit/router';
import { certificatesRouter } from './certificates/router';
import { enrolmentTokensRouter } from './enrolment-tokens/router';
import { hostsRouter } from './hosts/router';
import { createCallerFactory, router } from './trpc';
import { usersRouter } from './users/router';

export const appRouter = router({
  agents: agentsRouter,
  audit: auditRouter,
  certificates: certificatesRouter,
  enrolmentTokens: enrolmentTokensRouter,
  hosts: hostsRouter,
  users: usersRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);

/** The procedures as the pages' loaders and actions call them. */
export type Api = ReturnType<typeof createCaller>;
