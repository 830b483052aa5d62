import type { OriginFault } from '../../server/http/same-origin';

/**
 * Asks the server what is wrong with the way from this page to it, which a proxy in between may be configured to spoil
 * for some requests and not for others. Returns null when nothing is. Throws what `fetch` does when nobody answers.
 */
export async function findOriginFault(): Promise<OriginFault | null> {
  const answer = await fetch('/origin', { method: 'POST' });
  return answer.ok ? null : (answer.headers.get('X-SysManage-Fault') as OriginFault | null);
}
