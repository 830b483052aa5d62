import { useFetcher } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ActResult } from './act.server';
import { useAnnounce } from '../ui/frame/announcer';
import { useOnce } from './use-once';

/**
 * One act: its form, whether it is under way, what went wrong. It is done once, however often its button is pressed meanwhile.
 * @param done what to say when it is done
 */
export function useAct(action: string, done: string, onDone?: () => void) {
  const announce = useAnnounce();
  const fetcher = useFetcher<ActResult>();
  const { data } = fetcher;
  const isPending = fetcher.state !== 'idle';
  const once = useOnce(isPending, data);
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
    form: { method: 'post', action, onSubmit: once } as const,
    submit: (fields: Record<string, string> | null = null) => {
      if (once()) fetcher.submit(fields, { method: 'post', action });
    },
    isPending,
    problem: data?.problem ?? null,
  };
}
