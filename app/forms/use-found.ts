import { useFetcher } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/** Long enough not to ask for every letter. */
const TYPING_PAUSE_MS = 150;

/**
 * What a page of ours finds for a text that is being typed; undefined before anything was.
 * @param address of that page's data, for a text
 */
export function useFound<Answer>(address: (text: string) => string) {
  const { data, load } = useFetcher<Answer>();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    found: data,
    find(text: string) {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => load(address(text)), TYPING_PAUSE_MS);
    },
  };
}
