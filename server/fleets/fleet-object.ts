/** A fleet as the audit log names it. */
export const fleetObject = ({ id, name }: { id: string; name: string }) => ({ kind: 'fleet', id, label: name });
