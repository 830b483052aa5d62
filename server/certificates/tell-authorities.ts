import type { Source } from '../agents/inbox';

/** What one item carries: of a CA and its successor, with room. */
const MAX_AUTHORITIES = 8;

/**
 * The CAs that we accept, when there are several. A machine that is held is not the host, and hears nothing of the
 * host's.
 */
export const tellAuthorities: Source<'authorities'> = ({ authority, connection }) => {
  if (connection?.isHeld || authority.anchors.length < 2) return null;
  const accepted = authority.anchors.slice(0, MAX_AUTHORITIES);
  return {
    id: accepted.map(({ pin }) => pin).join(),
    item: { kind: 'authorities', certificates: accepted.map(({ pem }) => pem) },
  };
};
