import { useFetcher, useLocation } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ActResult } from './act.server';
import type { ActAnswer, ActInput, ActPath } from './act-types';
import { useAnnounce } from '../ui/frame/announcer';
import { useOnce } from './use-once';

export interface Act<Path extends ActPath> {
  /** What of the input is known before anything is typed: which host, which user. Plain text. */
  on?: Partial<ActInput<Path>> & Record<string, string>;
  /** What to say when it is done. */
  done?: string | ((answer: ActAnswer<Path>) => string);
  onDone?: ((answer: ActAnswer<Path>) => void) | undefined;
}

/** Where an act is sent. `on` as of `Act`. */
export const addressOf = (path: ActPath, on: Record<string, string>) => `/acts/${path}?${new URLSearchParams(on)}`;

/**
 * One act: its form, whether it is under way, what it answered, what went wrong. It is done once, however often its
 * button is pressed meanwhile.
 */
export function useAct<Path extends ActPath>(path: Path, { on, done, onDone }: Act<Path>) {
  const announce = useAnnounce();
  const { pathname, search } = useLocation();
  const fetcher = useFetcher<ActResult<ActAnswer<Path>>>();
  const { data } = fetcher as { data: ActResult<ActAnswer<Path>> | undefined };
  const isPending = fetcher.state !== 'idle';
  const once = useOnce(isPending, data);
  const latest = useRef({ announce, done, onDone });
  useEffect(() => {
    latest.current = { announce, done, onDone };
  });
  useEffect(() => {
    if (!data || data.problem) return;
    const { announce, done, onDone } = latest.current;
    const answer = data.answer as ActAnswer<Path>;
    if (done) announce(typeof done === 'string' ? done : done(answer));
    onDone?.(answer);
  }, [data]);

  const action = addressOf(path, { ...on, next: pathname + search });
  return {
    Form: fetcher.Form,
    form: { method: 'post', action, onSubmit: once } as const,
    /** @param input what is no text of a form: lists, yes and no */
    submit: (input: Partial<ActInput<Path>> = {}) => {
      if (once()) fetcher.submit({ input: JSON.stringify(input) }, { method: 'post', action });
    },
    isPending,
    answer: (data?.answer ?? null) as ActAnswer<Path> | null,
    problem: data?.problem ?? null,
  };
}
