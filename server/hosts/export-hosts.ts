import type { z } from 'zod';
import { formatsOf } from '../list/export';
import { exported, exportList } from '../list/export-list';
import type { SignedIn } from '../trpc';
import { hostFilter, hostList, hostQuery, hostRow } from './find-hosts';
import type { HostRow } from './host-schema';

const { sort, direction } = hostQuery.shape;
export const hostExport = hostFilter.extend({ sort, direction, ...exported });

/** What is known of a host, without what is of the moment: its measurements, and connections of copies. */
export const HOST_FORMATS = formatsOf<ExportedHost>([
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
]);

/** In columns, of which each holds one thing. */
type ExportedHost = Omit<HostRow, 'health'> & {
  health: NonNullable<HostRow['health']>['state'] | null;
  healthSince: string | null;
  healthReason: string | null;
};

const exportedHost = ({ health, ...host }: HostRow): ExportedHost => ({
  ...host,
  health: health?.state ?? null,
  healthSince: health?.since ?? null,
  healthReason: health?.reason ?? null,
});

/** The hosts that the caller may see, as `exportList`. */
export const exportHosts = (ctx: SignedIn, { sort, direction, format, ...filter }: z.infer<typeof hostExport>) =>
  exportList(ctx, {
    list: hostList,
    context: (caller) => caller,
    asked: { format, filter, sort, direction },
    row: (host) => exportedHost(hostRow(ctx, host)),
    formats: HOST_FORMATS,
    permission: 'hosts.read',
    action: 'host.export',
    after: { format, sort, direction, ...filter },
  });
