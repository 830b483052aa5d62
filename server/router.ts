import { agentsRouter } from './agents/router';
import { apiKeysRouter } from './api-keys/router';
import { auditRouter } from './audit/router';
import { certificatesRouter } from './certificates/router';
import { commandsRouter } from './commands/router';
import { configurationRouter } from './configuration/router';
import { dashboardRouter } from './dashboard/router';
import { discoveryRouter } from './discovery/router';
import { enrolmentTokensRouter } from './enrolment-tokens/router';
import { factsRouter } from './facts/router';
import { fleetsRouter } from './fleets/router';
import { healthRouter } from './health/router';
import { hostsRouter } from './hosts/router';
import { inventoryRouter } from './inventory/router';
import { jobsRouter } from './jobs/router';
import { liveRouter } from './live/router';
import { metricsRouter } from './metrics/router';
import { rulesRouter } from './rules/router';
import { savedCommandsRouter } from './saved-commands/router';
import { tokensRouter } from './tokens/router';
import { createCallerFactory, router } from './trpc';
import { profileRouter } from './users/profile-router';
import { usersRouter } from './users/router';
import { viewsRouter } from './views/router';

export const appRouter = router({
  agents: agentsRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  certificates: certificatesRouter,
  commands: commandsRouter,
  configuration: configurationRouter,
  dashboard: dashboardRouter,
  discovery: discoveryRouter,
  enrolmentTokens: enrolmentTokensRouter,
  facts: factsRouter,
  fleets: fleetsRouter,
  health: healthRouter,
  hosts: hostsRouter,
  inventory: inventoryRouter,
  jobs: jobsRouter,
  live: liveRouter,
  metrics: metricsRouter,
  profile: profileRouter,
  rules: rulesRouter,
  savedCommands: savedCommandsRouter,
  tokens: tokensRouter,
  users: usersRouter,
  views: viewsRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);

/** The procedures as the pages' loaders and actions call them. */
export type Api = ReturnType<typeof createCaller>;
