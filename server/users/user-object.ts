/** A user as the audit log names them. */
export const userObject = ({ id, email }: { id: string; email: string }) => ({ kind: 'user', id, label: email });
