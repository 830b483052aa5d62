/** Of whom a layer is: of all hosts, of those of a fleet, or of one. */
export type LayerOf = { hostId: string } | { fleetId: string } | 'all';

export const GLOBAL = 'global';

export function layerName(of: LayerOf): string {
  if (of === 'all') return GLOBAL;
  return 'hostId' in of ? `host/${of.hostId}` : `fleet/${of.fleetId}`;
}

/** Of a version; of a layer that nobody has written, 0. RFC 9110, 8.8.3. */
export const etagOf = (version: number) => `"${version}"`;
