import { useEffect, useRef, useState } from 'react';

/** Long enough not to ask for every letter. */
const TYPING_PAUSE_MS = 150;

/**
 * What a page of ours finds for a text that is being typed; undefined before anything was. Where no answer comes, what
 * was found before stays: the field works without, and a fetcher of Remix would put an error in place of the page.
 * @param address of that page's data, for a text: of a page with a component, with `_data` and its route
 */
export function useFound<Answer>(address: (text: string) => string) {
  const [found, setFound] = useState<Answer>();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef<AbortController>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    asked.current?.abort();
  };
  useEffect(() => stop, []);
  async function ask(text: string, signal: AbortSignal) {
    try {
      const response = await fetch(address(text), { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      setFound((await response.json()) as Answer);
    } catch (error) {
      if (!signal.aborted) console.warn('Nothing could be looked up for what is typed.', error);
    }
  }
  return {
    found,
    find(text: string) {
      stop();
      const { signal } = (asked.current = new AbortController());
      timer.current = setTimeout(() => void ask(text, signal), TYPING_PAUSE_MS);
    },
  };
}
