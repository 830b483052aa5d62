import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseServerAddress, writeServerAddress } from '../server-address';
import type { Keeper } from '../state/keeper';
import { FILES } from '../state/open-folder';
import { MODE, replaceFile } from '../state/write-file';
import type { Proxy } from './proxy';

/** So long without the server, what led to it before is tried as well. */
const WITHOUT_MS = 300_000;

/** Each that leads nowhere any more is tried in vain while the server is away. */
const MOST = 3;

/** How the server is reached. On each way it shows a certificate of the CA that is trusted, and this machine its own. */
export interface Way {
  addresses: readonly URL[];
  proxy: Proxy | null;
}

/** One address of a way. */
export interface Hop {
  server: URL;
  proxy: Proxy | null;
}

/** The way that is configured, and what of it the machine's owner has decided. */
export interface ConfiguredWay extends Way {
  lock: readonly string[];
}

const kept = z.array(
  z.object({
    addresses: z.array(z.string()).min(1),
    proxy: z.object({ host: z.string(), port: z.number(), authorization: z.string().optional() }).nullable(),
  }),
);

/**
 * The ways on which this machine has reached its server before, newest first, also after a restart. A proxy or an
 * address that was confirmed can die later, and the server could not say so: then the others are tried beside it.
 */
export class Ways {
  private former: readonly Way[];
  private lostAt = performance.now();
  private readonly path: string;

  /** @param withoutMs so long without the server, others are tried */
  constructor(
    folder: string,
    private readonly keeper: Keeper,
    readonly withoutMs: number = WITHOUT_MS,
  ) {
    this.path = join(folder, FILES.ways);
    this.former = this.read();
  }

  /** This one has worked until now, and another takes its place. */
  left(way: Way): void {
    const isOther = (one: Way) => !isDeepStrictEqual(written(one), written(way));
    this.former = [way, ...this.former.filter(isOther)].slice(0, MOST);
    // A proxy's password may be in it.
    this.keeper.keep(FILES.ways, () =>
      replaceFile(this.path, `${JSON.stringify(this.former.map(written), null, 2)}\n`, MODE.key),
    );
  }

  /** What is configured has led to the server until now. */
  lost(): void {
    this.lostAt = performance.now();
  }

  /**
   * What is to be tried beside what is configured: nothing before the server was away for long. Without a proxy, and as
   * it was reached before; but what the owner has decided holds on every way.
   */
  others({ addresses, proxy, lock }: ConfiguredWay): Hop[] {
    if (performance.now() - this.lostAt < this.withoutMs) return [];
    const has = (key: string) => lock.includes(key);
    const ways = [{ addresses, proxy: null }, ...this.former].map((way) => ({
      addresses: has('server.addresses') ? addresses : way.addresses,
      proxy: has('server.proxy') ? proxy : way.proxy,
    }));
    const hops = ways.flatMap((way) => way.addresses.map((server) => ({ server, proxy: way.proxy })));
    const seen = new Set(addresses.map((server) => nameOf({ server, proxy })));
    return hops.filter((hop) => !seen.has(nameOf(hop)) && seen.add(nameOf(hop)));
  }

  private read(): Way[] {
    try {
      const ways = kept.parse(JSON.parse(readFileSync(this.path, 'utf8')));
      return ways.map((way) => ({ ...way, addresses: way.addresses.map(parseServerAddress) }));
    } catch {
      // Absent, or damaged: without a proxy it is tried all the same.
      return [];
    }
  }
}

/** As the file has it. */
const written = ({ addresses, proxy }: Way): z.infer<typeof kept>[number] => ({
  addresses: addresses.map(writeServerAddress),
  proxy,
});

const nameOf = ({ server, proxy }: Hop) => JSON.stringify([server.host, proxy]);

/** For people. No secret is in it. */
export const describeHop = ({ server, proxy }: Hop): string =>
  proxy ? `${server.host} through the proxy ${proxy.host}:${proxy.port}` : `${server.host} without a proxy`;
