import { type LiveCommand, type LiveRun, type LiveStates, registerCommands } from './commands/topic';
import type { HostConfiguration } from './configuration/find-host-configuration';
import { registerConfigurations } from './configuration/topic';
import type { Overview } from './dashboard/find-overview';
import { registerOverview } from './dashboard/topic';
import type { LiveFleet } from './fleets/live-fleet';
import { type HostFleets, registerFleets } from './fleets/topic';
import type { HostCounts } from './hosts/figures/host-counts';
import type { HostRow } from './hosts/host-schema';
import { registerHosts } from './hosts/topic';
import type { JobRow } from './jobs/job-schema';
import { registerJobs } from './jobs/topic';
import type { Services } from './services';

/** What open pages can watch: what each key of a topic stands for. The topics are the nouns' own. */
export interface Topics {
  hosts: HostRow;
  hostCounts: HostCounts;
  commands: LiveCommand;
  commandStates: LiveStates;
  commandRuns: LiveRun;
  configurations: HostConfiguration;
  jobs: JobRow;
  overview: Overview;
  fleets: LiveFleet;
  hostFleets: HostFleets;
}

export function registerTopics(services: Services): void {
  registerHosts(services);
  registerCommands(services);
  registerConfigurations(services);
  registerJobs(services);
  registerOverview(services);
  registerFleets(services);
}
