import pg from 'pg';
import { cpuSecondsWithChildren, parentOf } from './cpu-time';

/** A look from beside at what a server's PostgreSQL has come to. Linux only. */
export async function startWatch(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(rows[0]!.pid);
  return {
    /** Seconds of processor time of all its processes, samples that are stored, and hosts whose health is known. */
    async look() {
      const { rows } = await client.query<{ samples: number; judged: number }>(`
        select (select count(*)::int from metric_sample) as samples,
          (select count(*)::int from host where health is not null) as judged`);
      return { postgresql: cpuSecondsWithChildren(postmaster), ...rows[0]! };
    },
    stop: () => client.end(),
  };
}
