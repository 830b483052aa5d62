import type { Source } from './inbox';

/** How an agent is to work. */
export const tellSettings: Source<'settings'> = ({ config }) => {
  const heartbeatSeconds = config.heartbeat.interval_seconds;
  return { id: String(heartbeatSeconds), item: { kind: 'settings', heartbeatSeconds } };
};
