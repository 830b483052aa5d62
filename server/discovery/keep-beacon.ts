import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { EVERY } from '../events';
import { logFailure } from '../log';
import type { Services } from '../services';
import { type Beacon, type Starting, startBeacon } from './beacon';
import { createSightings } from './sightings';

/** How often the switch is looked at, and what the beacon is like is written. */
export const BEAT_MS = 5_000;

type Keeping = Pick<Services, 'config' | 'db' | 'log' | 'events' | 'authority'>;

/**
 * Has a beacon while people have not switched it off, and keeps in the database how it is: people see the beacons of
 * all processes, whichever of them answers. While the database is away it stays as it is.
 */
export function keepBeacon(
  { config, db, log, events, authority }: Keeping,
  served: Pick<Starting, 'certificate' | 'apiPort' | 'webPort' | 'lookMs'>,
  beatMs = BEAT_MS,
): { stop(): Promise<void> } {
  const id = uuidv7();
  const sightings = createSightings(db);
  const settings = config.discovery;
  let beacon: Beacon | null = null;
  let isStopped = false;

  async function beat(): Promise<void> {
    if (isStopped) return;
    const isOn = await sayHow();
    if (isOn && !beacon) {
      beacon = startBeacon({ ...served, settings, authority, host: config.api_host, log, sightings });
      await beacon.ready;
      await sayHow();
    } else if (!isOn && beacon) {
      await beacon.stop();
      beacon = null;
      log.info('discovery: switched off; no agent is told where this server is');
      await sayHow();
    }
    await sightings.write();
  }

  /** By one statement; returns whether the switch is on. */
  async function sayHow(): Promise<boolean> {
    const how = { fault: beacon?.fault() ?? null, places: beacon?.places() ?? [], counts: beacon?.counts() ?? {} };
    const { rows } = await db.execute<{ is_on: boolean }>(sql`
      insert into discovery_beacon (id, machine, state, fault, places, counts)
      values (${id}, ${hostname().toLowerCase()}, ${beacon?.state() ?? 'off'}, ${how.fault},
        ${JSON.stringify(how.places)}::jsonb, ${JSON.stringify(how.counts)}::jsonb)
      on conflict (id) do update set state = excluded.state, fault = excluded.fault, places = excluded.places,
        counts = excluded.counts, beat_at = now()
      returning coalesce((select is_on from discovery_switch), true) as is_on`);
    return rows[0]!.is_on;
  }

  const tryBeat = () =>
    beat().catch((error: unknown) => logFailure(log, 'discovery: its state was neither read nor written', error));
  const forgetEnded = () => db.execute(sql`delete from discovery_beacon where beat_at < now() - interval '1 hour'`);
  let beating = forgetEnded()
    .catch((error: unknown) => logFailure(log, 'discovery: ended beacons were not deleted', error))
    .then(tryBeat);
  const beatNow = () => void (beating = beating.then(tryBeat));
  const timer = setInterval(beatNow, beatMs);
  timer.unref();
  const stopListening = events.listen('discovery.switched', EVERY, beatNow);
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      stopListening();
      await beating;
      await beacon?.stop();
      await db.execute(sql`delete from discovery_beacon where id = ${id}`).catch((error: unknown) => {
        // It is not shown any more as soon as it is silent.
        logFailure(log, 'discovery: the end of the beacon was not written', error);
      });
    },
  };
}
