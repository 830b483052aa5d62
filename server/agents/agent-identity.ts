import type { RefusalReason } from '../certificates/verify-client-certificate';
import type { TokenFault } from './connection-tokens';

/** The host behind a connection, as its certificate and our own rows say. */
export interface AgentIdentity {
  hostId: string;
  fqdn: string;
  /** Of the certificate it showed, upper-case hex. */
  serial: string;
  /** Of that certificate. */
  notBefore: Date;
  notAfter: Date;
  /** Set when its key is not the host's yet but its next one: see `adoptRenewal`. */
  isRenewal: boolean;
}

export type RefusalByRow = 'unknown_serial' | 'certificate_revoked' | 'another_key' | 'host_not_approved';

/** For the logs: the wire never says. The host and serial are those that a certificate of ours named. */
export interface AgentRefusal {
  reason: RefusalReason | RefusalByRow | `token_${TokenFault}`;
  hostId?: string;
  /** Of our row of that host, if there is one. */
  fqdn?: string;
  serial?: string;
  /** Set when the dates are why, in words for whoever reads the log. */
  clock?: string;
}
