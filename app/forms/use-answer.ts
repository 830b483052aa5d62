import { useActionData, useLocation } from '@remix-run/react';
import { useState } from 'react';

/**
 * What this page's action answered last, until the next answer or another address. Remix forgets it as soon as the
 * page's data is loaded again, and the live stream asks for that by itself, after a restart of the server for one: a
 * secret that is shown once would be gone before anybody has copied it. It forgets it, too, when a link leads to a part
 * of the page, as those to the fields that need mending do.
 */
export function useAnswer<Action>() {
  const answer = useActionData<Action>();
  const { key, hash } = useLocation();
  const [kept, keep] = useState({ answer, key });
  // The browser makes the entry for a part of the page, without a key: it is no other address.
  const at = hash && key === 'default' ? kept.key : key;
  // The page comes to a new entry of the history after its answer, which is still there then.
  if (at !== kept.key || (answer !== undefined && answer !== kept.answer)) keep({ answer, key: at });
  return kept.answer;
}
