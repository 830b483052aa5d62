import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import type { Change } from '../../server/live/page';
import type { Topics } from '../../server/topics';
import { watch } from './stream';

/** The most keys that one page may watch of a topic; the server refuses more. */
const MOST_KEYS = 200;

interface Options<Name extends keyof Topics> {
  /**
   * The loader's answer. The stream goes on from its `feed`; a new answer, even an equal one, starts again from there.
   * Null for whoever may not have one: they hear of nothing but the end of their session.
   */
  snapshot: { feed: string } | null;
  /** Which are shown, the most important first: more than 200 are cut off. What comes as news is followed anyway. */
  keys: readonly string[];
  /** Also to hear of what nobody knew of yet. */
  news?: boolean;
  onChanges: (changes: readonly Change<Topics[Name]>[]) => void;
}

/**
 * Follows a topic from the page's snapshot on, without a gap. Away too long, it loads the page's data again.
 * The keys are told to the server with each snapshot and whenever the line was lost.
 */
export function useLive<Name extends keyof Topics>(topic: Name, options: Options<Name>): void {
  const { snapshot, keys, news = false, onChanges } = options;
  const { revalidate } = useRevalidator();
  const latest = useRef({ keys, onChanges, revalidate });
  useEffect(() => {
    latest.current = { keys, onChanges, revalidate };
  });
  useEffect(
    () =>
      watch({
        topic: snapshot && topic,
        news,
        since: snapshot?.feed ?? '',
        keys: () => [...new Set(latest.current.keys)].slice(0, MOST_KEYS),
        onChanges: (changes) => latest.current.onChanges(changes as Change<Topics[Name]>[]),
        reload: () => latest.current.revalidate(),
      }),
    [topic, news, snapshot],
  );
}

/** What one key of a topic stands for, as it is now; null while nothing was loaded. */
export function useLiveValue<Name extends keyof Topics>(
  topic: Name,
  key: string,
  { snapshot, loaded }: { snapshot: { feed: string } | null; loaded: Topics[Name] | null },
): Topics[Name] | null {
  const [heard, setHeard] = useState({ snapshot, value: loaded });
  const value = heard.snapshot === snapshot ? heard.value : loaded;
  useLive(topic, {
    snapshot,
    keys: [key],
    onChanges: (changes) =>
      setHeard((before) => {
        const from = before.snapshot === snapshot ? before.value : loaded;
        return { snapshot, value: from && changes.reduce<Topics[Name]>(applyTo, from) };
      }),
  });
  return value;
}

function applyTo<Value extends object>(before: Value, change: Change<Value>): Value {
  if (change.kind === 'gone') return before;
  return change.kind === 'value' ? change.value : { ...before, ...change.patch };
}
