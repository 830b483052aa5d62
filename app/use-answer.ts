import { useActionData, useLocation } from '@remix-run/react';
import { useState } from 'react';

/**
 * What this page's action answered last, until the next answer or another address. Remix forgets it as soon as the page's
 * data is loaded again, and the live stream asks for that by itself, after a restart of the server for one: a secret that is
 * shown once would be gone before anybody has copied it.
 */
export function useAnswer<Action>() {
  const answer = useActionData<Action>();
  const { key } = useLocation();
  const [kept, keep] = useState({ answer, key });
  // The page comes to a new entry of the history after its answer, which is still there then.
  if (key !== kept.key || (answer !== undefined && answer !== kept.answer)) keep({ answer, key });
  return kept.answer;
}
