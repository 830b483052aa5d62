import { createCounter, createHistogram, type Family } from './exposition';
import { processFamilies } from './process-families';

/** In seconds: from what an index answers to what somebody waits for. */
const QUERY_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What this process counts while it works, for `/metrics`. */
export type Measures = ReturnType<typeof createMeasures>;

export function createMeasures() {
  const handshakes = createCounter(
    {
      name: 'sysmanage_agent_handshakes_total',
      help: 'TLS connections to the listener of agents, by what became of them.',
    },
    'result',
    ['full', 'resumed', 'failed', 'refused'],
  );
  const frames = createCounter(
    { name: 'sysmanage_agent_frames_total', help: 'Frames of agents that were let in, by direction.' },
    'direction',
    ['in', 'out'],
  );
  const queries = createHistogram(
    {
      name: 'sysmanage_database_query_duration_seconds',
      help: 'How long statements took, from being sent to being answered.',
    },
    QUERY_BOUNDS,
  );
  const families: readonly Family[] = [handshakes, frames, queries, ...processFamilies()];
  return { handshakes, frames, queries, families };
}
