import type { z } from 'zod';
import { AppError } from '../../errors';
import type { inventoryFilter } from '../../inventory/find-inventory';
import { writeHead, writeSamples } from '../../measures/exposition';
import type { SignedIn } from '../../trpc';
import { type CurrentHost, findCurrent } from '../find-current';
import { FAMILIES } from './prometheus-families';

/** Hosts whose lines are one piece. */
const PIECE = 500;

/**
 * The present figures of hosts in the text format of Prometheus, piece by piece. The format wants a family's lines
 * together, so the figures of all hosts are in memory, and their text is not. Throws `export.download_only` where
 * nothing would hold the pieces up, `request.crowded` where too many are under way.
 */
export async function writePrometheusHosts(
  ctx: SignedIn,
  asked: z.infer<typeof inventoryFilter>,
): Promise<AsyncGenerator<string, void>> {
  if (!ctx.isDownload) throw new AppError('export.download_only');
  const end = await ctx.scrapes.hold(ctx);
  try {
    // Before the answer begins: what cannot be read is not half an answer.
    const hosts = await ctx.scrapes.make(ctx, 'figures', () => findCurrent(ctx, asked));
    return write(hosts, end);
  } catch (error) {
    end();
    throw error;
  }
}

async function* write(hosts: CurrentHost[], end: () => void): AsyncGenerator<string, void> {
  try {
    for (const family of FAMILIES) {
      yield writeHead(family);
      for (let from = 0; from < hosts.length; from += PIECE) {
        const samples = hosts.slice(from, from + PIECE).flatMap((host) => {
          // The attributes of the resource that it is, as the conventions call them.
          const of = { host_name: host.fqdn, host_id: host.id };
          return family.of(host).map(({ labels, ...sample }) => ({ ...sample, labels: { ...of, ...labels } }));
        });
        yield writeSamples(family, samples);
      }
    }
  } finally {
    end();
  }
}
