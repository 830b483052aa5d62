import { useFetcher } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ActResult } from './act.server';
import { useAnnounce } from './ui/announcer';
import { useKeptFocus } from './ui/use-kept-focus';

/**
 * One act: its form, whether it is under way, what went wrong.
 * @param done what to say when it is done
 */
export function useAct(action: string, done: string, onDone?: () => void) {
  const announce = useAnnounce();
  const fetcher = useFetcher<ActResult>();
  const { data } = fetcher;
  const isPending = fetcher.state !== 'idle';
  useKeptFocus(isPending);
  const latest = useRef({ announce, done, onDone });
  useEffect(() => {
    latest.current = { announce, done, onDone };
  });
  useEffect(() => {
    if (!data || data.problem) return;
    latest.current.announce(latest.current.done);
    latest.current.onDone?.();
  }, [data]);

  return {
    Form: fetcher.Form,
    action,
    submit: (fields: Record<string, string> | null = null) => fetcher.submit(fields, { method: 'post', action }),
    isPending,
    problem: data?.problem ?? null,
  };
}
