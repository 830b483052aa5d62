/** A saved command as the audit log names it. */
export const savedCommandObject = ({ id, name }: { id: string; name: string }) => ({
  ...{ kind: 'savedCommand', id, label: name },
});
