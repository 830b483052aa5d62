/** What a signed-in person may do. Procedures name the permission they need as their first line. */
export const PERMISSIONS = ['hosts.read', 'hosts.update', 'hosts.approve', 'hosts.revoke', 'hosts.delete'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type Role = 'administrator';

const GRANTED: Record<Role, ReadonlySet<Permission>> = {
  administrator: new Set(PERMISSIONS),
};

/** Everything a role may do. */
export const permissionsOf = (role: Role): ReadonlySet<Permission> => GRANTED[role];
