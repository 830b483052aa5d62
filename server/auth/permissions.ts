/** From the one that may least to the one that may all. Each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What a signed-in person may do, and the least role that may. Procedures name the permission they need as their first line. */
const LEAST_ROLE = {
  'hosts.read': 'viewer',
  'hosts.update': 'operator',
  'hosts.approve': 'operator',
  'hosts.revoke': 'operator',
  'hosts.delete': 'operator',
  'enrolment.manage': 'operator',
  'certificates.read': 'viewer',
  'certificates.rotate': 'operator',
  'users.read': 'administrator',
  'users.manage': 'administrator',
  'audit.read': 'administrator',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof LEAST_ROLE;

export const PERMISSIONS = Object.keys(LEAST_ROLE) as Permission[];

const upTo = (role: Role) => new Set(PERMISSIONS.filter((one) => ROLES.indexOf(LEAST_ROLE[one]) <= ROLES.indexOf(role)));

const GRANTED: Record<Role, ReadonlySet<Permission>> = {
  viewer: upTo('viewer'),
  operator: upTo('operator'),
  administrator: upTo('administrator'),
};

/** Everything a role may do. */
export const permissionsOf = (role: Role): ReadonlySet<Permission> => GRANTED[role];

/** Of that, what an API key names: whoever is demoted demotes their keys. */
export const permissionsOfKey = (role: Role, named: readonly string[]): ReadonlySet<Permission> =>
  new Set([...permissionsOf(role)].filter((permission) => named.includes(permission)));
