import { useEffect, useRef, useState } from 'react';
import type { OutputPiece, RunRow } from '../command-types';
import { contiguousEnd, type Known, withPieces } from './output-text';

/** What one answer of the page's own route holds. */
interface Answer {
  pieces: OutputPiece[];
  next: number | null;
}

const RETRY_MS = 2_000;

/**
 * What a run has written, loaded from its beginning and then as it comes. What comes live is shown at once where
 * nothing is missing before it; what is missing is loaded.
 * @param recent the newest pieces that were heard of, if any
 */
export function useOutput(
  commandId: string,
  run: Pick<RunRow, 'hostId' | 'outputBytes'>,
  recent: readonly OutputPiece[],
): { known: Known; hasFailed: boolean; isComplete: boolean } {
  const [known, setKnown] = useState<Known>(new Map());
  const [read, setRead] = useState(0);
  const [hasFailed, setFailed] = useState(false);
  const wanted = Math.max(run.outputBytes, ...recent.map(({ offset, data }) => offset + lengthOf(data)));
  const state = useRef({ read, wanted });
  useEffect(() => {
    state.current = { read, wanted };
  });

  // What came meanwhile, where it goes on from what is read.
  const [heard, setHeard] = useState(recent);
  if (heard !== recent) {
    setHeard(recent);
    const next = withPieces(
      known,
      recent.filter(({ offset }) => offset >= read),
    );
    const end = contiguousEnd(next, read);
    if (end > read) {
      setKnown(new Map([...next].filter(([offset]) => offset < end)));
      setRead(end);
    }
  }

  const isBehind = read < wanted;
  useEffect(() => {
    if (!isBehind) return;
    const leaving = new AbortController();
    const load = async () => {
      while (!leaving.signal.aborted) {
        try {
          const { pieces, next } = await askFor(commandId, run.hostId, state.current.read, leaving.signal);
          const end = pieces.reduce((last, { offset, data }) => Math.max(last, offset + lengthOf(data)), 0);
          setFailed(false);
          setKnown((before) => withPieces(before, pieces));
          // What is not there is not kept: nothing is waited for before what comes next.
          setRead((before) => Math.max(before, end, next === null ? state.current.wanted : 0));
          state.current.read = Math.max(state.current.read, end);
          if (next === null) return;
        } catch {
          if (leaving.signal.aborted) return;
          setFailed(true);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    };
    void load();
    return () => leaving.abort();
  }, [commandId, run.hostId, isBehind]);

  return { known, hasFailed, isComplete: !isBehind };
}

/** Of base64. */
const lengthOf = (data: string) => (data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);

async function askFor(commandId: string, hostId: string, from: number, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(`/commands/${commandId}/pieces/${hostId}?from=${from}`, { signal });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()) as Answer;
}
