import { useEffect, useRef } from 'react';
import { useAnnounce } from './ui/frame/announcer';

/** Says `text` once for each new `occurrence` that is not null, such as the answer to a form. */
export function useAnnounceOnce(occurrence: object | null | undefined, text: string) {
  const announce = useAnnounce();
  const latest = useRef({ announce, text });
  useEffect(() => {
    latest.current = { announce, text };
  });
  useEffect(() => {
    if (occurrence) latest.current.announce(latest.current.text);
  }, [occurrence]);
}
