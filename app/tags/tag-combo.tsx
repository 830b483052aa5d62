import { type ComponentProps, useEffect, useState } from 'react';
import { ComboInput } from '../ui/fields/combo-input';

/** Long enough not to ask for every letter. */
const TYPING_PAUSE_MS = 150;

type Props = Omit<ComponentProps<typeof ComboInput>, 'found' | 'onPart'> & { isOfWords?: boolean | undefined };

/** The input of a `TagField` with what it suggests. */
export function TagCombo({ isOfWords = false, ...props }: Props) {
  const [part, setPart] = useState<string | null>(null);
  const [answer, setAnswer] = useState<string[]>([]);
  useEffect(() => {
    if (part === null) return;
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      askFor(part, leaving.signal).then(setAnswer, (failure: unknown) => {
        if (!leaving.signal.aborted) console.warn('There are no suggestions of tags.', failure);
      });
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [part]);
  // Those of the letter before stay until the next ones are there: a list that came and went would be no help.
  const tags = part === null ? [] : answer;
  const found = isOfWords ? tags.filter((tag) => !/\s/.test(tag)) : tags;
  return <ComboInput {...props} found={found} onPart={setPart} />;
}

const MOST_IN_TAG = 100;

async function askFor(prefix: string, signal: AbortSignal): Promise<string[]> {
  // Longer than a tag may be: none begins so.
  if (prefix.length > MOST_IN_TAG) return [];
  const response = await fetch(`/tags?${new URLSearchParams({ prefix })}`, { signal });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()) as string[];
}
