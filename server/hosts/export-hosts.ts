import type { z } from 'zod';
import { type Formats, formatsOf } from '../list/export';
import { exported, exportList } from '../list/export-list';
import type { SignedIn } from '../trpc';
import { exportedHosts, hostFilter, hostQuery, hostRow } from './find-hosts';
import type { HostRow } from './host-schema';

const { sort, direction } = hostQuery.shape;
export const hostExport = hostFilter.extend({ sort, direction, ...exported });

/** What is known of a host, without what is of the moment: its measurements, and connections of copies. */
const COLUMNS = formatsOf<ExportedHost>([
  'id',
  'fqdn',
  'reportedFqdn',
  'platform',
  'state',
  'since',
  'reason',
  'lastSeen',
  'addresses',
  'osName',
  'osVersion',
  'agentVersion',
  'fingerprintWords',
  'registeredAt',
  'registeredFrom',
  'certificateExpires',
  'renewalRequestedAt',
  'isCloneSuspected',
  'health',
  'healthSince',
  'healthReason',
  'tags',
  'agentTags',
  'fleetTags',
]);

/** In columns, of which each holds one thing. */
type Exported = HostRow & { fleetTags: string[] };
type ExportedHost = Omit<Exported, 'health'> & {
  health: NonNullable<HostRow['health']>['state'] | null;
  healthSince: string | null;
  healthReason: string | null;
};

const exportedHost = ({ health, ...host }: Exported): ExportedHost => ({
  ...host,
  health: health?.state ?? null,
  healthSince: health?.since ?? null,
  healthReason: health?.reason ?? null,
});

export const HOST_FORMATS: Formats<Exported> = {
  csv: { ...COLUMNS.csv, line: (host) => COLUMNS.csv.line(exportedHost(host)) },
  jsonl: { ...COLUMNS.jsonl, line: (host) => COLUMNS.jsonl.line(exportedHost(host)) },
};

/** The hosts that the caller may see, as `exportList`. */
export const exportHosts = (ctx: SignedIn, { sort, direction, format, ...filter }: z.infer<typeof hostExport>) =>
  exportList(ctx, {
    list: exportedHosts,
    context: (caller) => caller,
    asked: { format, filter, sort, direction },
    row: (host) => ({ ...hostRow(ctx, host), fleetTags: host.fleetTags }),
    formats: HOST_FORMATS,
    permission: 'hosts.read',
    action: 'host.export',
    after: { format, sort, direction, ...filter },
  });
