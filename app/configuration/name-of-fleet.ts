/** The name of the fleet that a layer is of; undefined for one that is not known here. */
export const nameOfFleet = (layer: string, fleets: readonly { id: string; name: string }[]): string | undefined =>
  fleets.find(({ id }) => layer === `fleet/${id}`)?.name;
