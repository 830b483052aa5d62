import type translation from '../../public/locales/en/translation.json';

type Words = (typeof translation)['audit']['action'];

/**
 * Everything that a record can say was done or tried: what there are words for on the pages. People filter by it, and
 * it is sealed: it is never renamed.
 *
 * An action is the path of its procedure with the noun in the singular, done or refused: `hosts.approve` is
 * `host.approve`. What the server does by itself, or in the course of something else, has a name of its own:
 * - `agent.connect`: a connection of a host that was refused. Those that are let in are in the server's log.
 * - `attempt.other`: in older logs, attempts for which there was no room to be told apart.
 * - `host.rejectMatching`: in older logs, many waiting hosts that were turned away at once. It is a job since.
 * - `host.expire`: nobody decided on a waiting host in time.
 * - `host.adoptKey`: the certificate of a next key is used for the first time. It was signed as
 *   `agent.renewCertificate`,
 *   maybe days before; only now the host's key is another and the former certificate is void.
 * - `host.suspectClone`: a second machine showed the certificate of one that was there.
 * - `token.spend`: a token was used a second time, by whatever call.
 * - `user.configure`: the administrator of the configuration, made at the first start.
 * - `user.lock`: the last failure to sign in that an account may have, also one that nobody has.
 * - `user.rescue`: a link for somebody who was locked out, made by whoever is at the server's own files.
 *
 * `agent.certificate`, a new certificate by proof of the key the host has, is another act than
 * `agent.renewCertificate`, which a connected host asks for with its next key: nothing but the key vouches for who
 * asks.
 */
export type AuditAction = { [Noun in keyof Words]: `${Noun}.${keyof Words[Noun] & string}` }[keyof Words];
