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

/** The longest wait before what is configured is returned to again. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * How the server is reached. On each way it shows a certificate of the CA that is trusted, and this machine its own.
 */
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
    proxy: z.object({ host: z.string(), port: z.number() }).nullable(),
  }),
);

/**
 * The ways on which this machine has reached its server before, newest first, also after a restart. A proxy or an
 * address that was confirmed can die later, and the server could not say so: then the others are tried beside it.
 */
export class Ways {
  private former: readonly Way[];
  private lostAt = performance.now();
  private returns = 0;
  private readonly path: string;

  /** @param withoutMs so long without the server, others are tried */
  constructor(
    folder: string,
    private readonly keeper: Keeper,
    private readonly withoutMs: number = WITHOUT_MS,
  ) {
    this.path = join(folder, FILES.ways);
    this.former = this.read();
  }

  /**
   * This one has worked until now, and another takes its place. Its proxy's password is forgotten: whoever has the
   * proxy's address later would be sent it in the clear.
   */
  left({ addresses, proxy }: Way): void {
    const way = { addresses, proxy: proxy && { host: proxy.host, port: proxy.port } };
    const isOther = (one: Way) => !isDeepStrictEqual(written(one), written(way));
    this.former = [way, ...this.former.filter(isOther)].slice(0, MOST);
    this.keeper.keep(FILES.ways, () =>
      replaceFile(this.path, `${JSON.stringify(this.former.map(written), null, 2)}\n`, MODE.key),
    );
  }

  /** What is configured has led to the server until now. */
  lost(): void {
    this.lostAt = performance.now();
    this.returns = 0;
  }

  /** A connection by another way was ended for what is configured, which answers; whether it leads, `lost` says. */
  returned(): void {
    this.returns++;
  }

  /**
   * Milliseconds until what is configured may be returned to: twice as long after each return that has not led to the
   * server. It may answer, and then lead nowhere; each try is a host that goes down and up.
   */
  get returnMs(): number {
    return Math.max(this.withoutMs, Math.min(this.withoutMs * 2 ** this.returns, LONGEST_MS));
  }

  /**
   * What is to be tried beside what is configured: nothing before the server was away for long. Without a proxy, and as
   * it was reached before; but what the owner has decided holds on every way. A proxy is told a password while it is
   * the configured one.
   */
  others({ addresses, proxy, lock }: ConfiguredWay): Hop[] {
    if (performance.now() - this.lostAt < this.withoutMs) return [];
    const has = (key: string) => lock.includes(key);
    const isConfigured = (one: Proxy | null) => one?.host === proxy?.host && one?.port === proxy?.port;
    const ways = [{ addresses, proxy: null }, ...this.former].map((way) => ({
      addresses: has('server.addresses') ? addresses : way.addresses,
      proxy: has('server.proxy') || isConfigured(way.proxy) ? proxy : way.proxy,
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
