/** What a signed-in person may do. Procedures name the permission they need as their first line. */
export const PERMISSIONS = [
  'certificates.read',
  'enrolment.manage',
  'hosts.read',
  'hosts.approve',
  'hosts.revoke',
  'hosts.delete',
  'certificates.rotate',
  'audit.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type Role = 'administrator';

const GRANTED: Record<Role, ReadonlySet<Permission>> = {
  administrator: new Set(PERMISSIONS),
};

export function isGranted(role: Role, permission: Permission): boolean {
  return GRANTED[role].has(permission);
}
