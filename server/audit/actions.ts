/**
 * Everything that a record can say was done or tried. People filter by it, and it is sealed: it is never renamed.
 *
 * An action is the path of its procedure with the noun in the singular, done or refused: `hosts.approve` is
 * `host.approve`. What the server does by itself, or in the course of something else, has a name of its own:
 * - `agent.connect`: a connection of a host that was refused. Those that are let in are in the server's log.
 * - `attempt.other`: attempts for which there was no room to be told apart, see `createRefusals`.
 * - `host.expire`: nobody decided on a waiting host in time.
 * - `host.adoptKey`: the certificate of a next key is used for the first time. It was signed as `agent.renewCertificate`,
 *   maybe days before; only now the host's key is another and the former certificate is void.
 * - `host.suspectClone`: a second machine showed the certificate of one that was there.
 * - `token.spend`: a token was used a second time, by whatever call.
 * - `user.configure`: the administrator of the configuration, made at the first start.
 * - `user.lock`: the last failure to sign in that an account may have, also one that nobody has.
 * - `user.rescue`: a link for an administrator, made by whoever is at the server's own files.
 *
 * `agent.certificate`, a new certificate by proof of the key the host has, is another act than `agent.renewCertificate`,
 * which a connected host asks for with its next key: nothing but the key vouches for who asks.
 */
export const AUDIT_ACTIONS = [
  'agent.certificate',
  'agent.connect',
  'agent.connectionToken',
  'agent.enrolment',
  'agent.hello',
  'agent.register',
  'agent.renewCertificate',
  'agent.reportError',
  'apiKey.create',
  'apiKey.list',
  'apiKey.revoke',
  'attempt.other',
  'audit.export',
  'audit.list',
  'enrolmentToken.create',
  'enrolmentToken.revoke',
  'host.adoptKey',
  'host.approve',
  'host.delete',
  'host.dismissClone',
  'host.expire',
  'host.keep',
  'host.reject',
  'host.replace',
  'host.revoke',
  'host.rotateCertificate',
  'host.split',
  'host.suspectClone',
  'host.update',
  'profile.changePassword',
  'profile.get',
  'profile.signOutElsewhere',
  'profile.update',
  'token.login',
  'token.logout',
  'token.spend',
  'user.activate',
  'user.byId',
  'user.configure',
  'user.deactivate',
  'user.delete',
  'user.invite',
  'user.list',
  'user.renewLink',
  'user.lock',
  'user.rescue',
  'user.setup',
  'user.signIn',
  'user.signOut',
  'user.signOutEverywhere',
  'user.unlock',
  'user.update',
  'user.useLink',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
