import type { z } from 'zod';
import { formatsOf } from '../list/export';
import { exported, exportList } from '../list/export-list';
import type { SignedIn } from '../trpc';
import { BY_END, heldFilter, heldList, heldRow } from './find-held';

export const heldExport = heldFilter.extend(exported);

export const HELD_FORMATS = formatsOf<ReturnType<typeof heldRow>>([
  'serial',
  'fingerprint',
  'hostId',
  'fqdn',
  'notBefore',
  'notAfter',
  'issuedAt',
  'stage',
]);

/** The certificates that agents hold, what ends first on top, of the hosts of which the caller may see them. */
export function exportHeld(ctx: SignedIn, { format, ...filter }: z.infer<typeof heldExport>, now = new Date()) {
  return exportList(ctx, {
    list: heldList,
    context: (caller) => ({ ...caller, now }),
    asked: { format, filter, ...BY_END },
    row: (row) => heldRow(row, now),
    formats: HELD_FORMATS,
    permission: 'certificates.read',
    action: 'certificate.export',
    after: { format, ...filter },
  });
}
