/** A command as the audit log names it. */
export const commandObject = ({ id, kind }: { id: string; kind: string }) => ({ kind: 'command', id, label: kind });
