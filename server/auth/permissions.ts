/**
 * From the one that may least to the one that may all. Each may do what those before it may. Who has none everywhere
 * may have another on some hosts.
 */
export const ROLES = ['none', 'viewer', 'runner', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What somebody may be on some hosts. What only an administrator may do is done to no host. */
export const GRANTED_ROLES = ['viewer', 'runner', 'operator'] as const satisfies Role[];
export type GrantedRole = (typeof GRANTED_ROLES)[number];

/**
 * What a signed-in person may do, and the least role that may. Procedures name the permission they need as their first
 * line.
 */
const LEAST_ROLE = {
  'hosts.read': 'viewer',
  'hosts.update': 'operator',
  'hosts.approve': 'operator',
  'hosts.revoke': 'operator',
  'hosts.delete': 'operator',
  'configuration.read': 'viewer',
  'configuration.write': 'operator',
  'fleets.manage': 'operator',
  'health.manage': 'operator',
  'enrolment.manage': 'operator',
  'discovery.read': 'operator',
  'discovery.manage': 'administrator',
  'certificates.read': 'viewer',
  'certificates.rotate': 'operator',
  // What commands write may be anything, also what a viewer is not to see.
  'commands.read': 'runner',
  // A saved command that names them, and no other.
  'commands.runNamed': 'runner',
  'commands.run': 'operator',
  'commands.cancel': 'operator',
  'commands.shell': 'administrator',
  'users.read': 'administrator',
  'users.manage': 'administrator',
  'audit.read': 'administrator',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof LEAST_ROLE;

export const PERMISSIONS = Object.keys(LEAST_ROLE) as Permission[];

/** What may be had on some hosts and not on others. Everything else is had everywhere or not at all. */
export const HOST_PERMISSIONS = [
  'hosts.read',
  'hosts.update',
  'hosts.approve',
  'hosts.revoke',
  'hosts.delete',
  'configuration.read',
  'configuration.write',
  'certificates.read',
  'certificates.rotate',
  'commands.read',
  'commands.runNamed',
  'commands.run',
  'commands.cancel',
] as const satisfies Permission[];
export type HostPermission = (typeof HOST_PERMISSIONS)[number];

const upTo = (role: Role) =>
  new Set(PERMISSIONS.filter((one) => ROLES.indexOf(LEAST_ROLE[one]) <= ROLES.indexOf(role)));

const GRANTED: Record<Role, ReadonlySet<Permission>> = {
  none: upTo('none'),
  viewer: upTo('viewer'),
  runner: upTo('runner'),
  operator: upTo('operator'),
  administrator: upTo('administrator'),
};

/** Everything a role may do. */
export const permissionsOf = (role: Role): ReadonlySet<Permission> => GRANTED[role];

/** Of the roles that somebody can have on some hosts those that may do it. */
export const rolesThatMay = (permission: HostPermission): GrantedRole[] =>
  GRANTED_ROLES.filter((role) => GRANTED[role].has(permission));

/** What somebody may do, and where. */
export interface Rights {
  /** Everywhere. */
  permissions: ReadonlySet<Permission>;
  /** On some hosts, be they none at the moment: `visibleHosts` says which. */
  onSome: ReadonlySet<HostPermission>;
}

/**
 * What a person may do who has a role everywhere and others on some hosts.
 * @param named of that, what an API key names: whoever is demoted demotes their keys
 */
export function rightsOf(
  { role, grantedRoles }: { role: Role; grantedRoles: readonly GrantedRole[] },
  named: readonly string[] = PERMISSIONS,
): Rights {
  const isNamed = (permission: Permission) => named.includes(permission);
  const isGranted = (permission: Permission) => grantedRoles.some((granted) => GRANTED[granted].has(permission));
  return {
    permissions: new Set([...permissionsOf(role)].filter(isNamed)),
    onSome: new Set(HOST_PERMISSIONS.filter((permission) => isNamed(permission) && isGranted(permission))),
  };
}

/** Whether it may be done somewhere at least. */
export const mayAnywhere = ({ permissions, onSome }: Rights, permission: Permission): boolean =>
  permissions.has(permission) || onSome.has(permission as HostPermission);
