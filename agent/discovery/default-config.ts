import { z } from 'zod';

/**
 * What a server may suggest to a machine that finds it. Anybody on the network may be that server, so a key is here
 * only when no value of it does harm, and when it has an effect before the server is connected.
 */
export const defaultConfig = z
  .strictObject({
    /** Not less: what people compare, and are warned of, is said at these levels. */
    log_level: z.enum(['info', 'debug']),
    /** How often the machine looks whether its name, addresses or disks have changed. */
    look_seconds: z.int().min(1).max(3600),
  })
  .partial();
export type DefaultConfig = z.infer<typeof defaultConfig>;

const MOST_NAMED = 8;

/** Takes what is known, each key for itself. `ignored` has the names of others, at most eight, cut to 40 characters. */
export function readDefaultConfig(said: Record<string, unknown> = {}): { taken: DefaultConfig; ignored: string[] } {
  const taken: DefaultConfig = {};
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(said)) {
    const { data } = defaultConfig.safeParse({ [key]: value });
    if (data) Object.assign(taken, data);
    else if (ignored.length < MOST_NAMED) ignored.push(key.slice(0, 40));
  }
  return { taken, ignored };
}
