import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from 'react';

interface SteadyRow<Row> {
  row: Row;
  /** It is no longer part of the list, and stays only because somebody may be about to press something near it. */
  hasLeft: boolean;
}

/**
 * What to show when a list changes. While the pointer or the keyboard is in it, rows keep their places:
 * one that left stays, marked, and new ones come last. Otherwise the second of two quick clicks hits the row
 * that moved up under the pointer, and the button there may well be *Reject*.
 *
 * @param latest what is known of rows that have left, by id
 */
export function steadyRows<Row extends { id: string }>(
  shown: readonly SteadyRow<Row>[],
  next: readonly Row[],
  isHeld: boolean,
  latest: ReadonlyMap<string, Row> = new Map(),
): SteadyRow<Row>[] {
  if (!isHeld) return next.map((row) => ({ row, hasLeft: false }));
  const coming = new Map(next.map((row) => [row.id, row]));
  const kept = shown.map(({ row }) => {
    const current = coming.get(row.id);
    coming.delete(row.id);
    return current ? { row: current, hasLeft: false } : { row: latest.get(row.id) ?? row, hasLeft: true };
  });
  return [...kept, ...[...coming.values()].map((row) => ({ row, hasLeft: false }))];
}

/**
 * @param next a new array only when the rows, or what is known of them, did change
 * @param latest what is known of rows that have left, by id
 * @param view names what is being looked at; another view is shown at once, held or not
 */
export function useSteadyRows<Row extends { id: string }>(
  next: readonly Row[],
  latest: ReadonlyMap<string, Row>,
  view = '',
) {
  const { isPointed, onPointerEnter, onPointerLeave } = usePointed();
  const [isFocused, setFocused] = useState(false);
  const isHeld = isPointed || isFocused;
  const [memory, setMemory] = useState(() => ({ next, view, isHeld, rows: steadyRows([], next, false) }));

  let { rows } = memory;
  if (memory.next !== next || memory.view !== view || memory.isHeld !== isHeld) {
    rows = steadyRows(memory.rows, next, isHeld && memory.view === view, latest);
    setMemory({ next, view, isHeld, rows });
  }

  return {
    rows,
    isHeld,
    /** For the element around the rows. */
    hold: {
      onPointerEnter,
      onPointerLeave,
      // A mouse click leaves the focus behind, and would hold the list long after the pointer is gone.
      onFocus: (event: FocusEvent) => setFocused(event.target.matches(':focus-visible')),
      onBlur: (event: FocusEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
      },
    } satisfies Record<string, (event: FocusEvent & PointerEvent) => void>,
  };
}

/** So long a pointer that has left stays where it is before it is taken for gone. */
const REST_MS = 400;

/**
 * Whether the pointer is there, or is on its way from there: whoever moves on aims at something below, which must not
 * come up to meet them.
 */
function usePointed() {
  const [isPointed, setPointed] = useState(false);
  const stop = useRef(() => {});
  useEffect(() => () => stop.current(), []);
  return {
    isPointed,
    onPointerEnter() {
      stop.current();
      setPointed(true);
    },
    onPointerLeave() {
      const letGo = () => {
        stop.current();
        setPointed(false);
      };
      let timer = setTimeout(letGo, REST_MS);
      const onMove = () => {
        clearTimeout(timer);
        timer = setTimeout(letGo, REST_MS);
      };
      stop.current();
      stop.current = () => {
        clearTimeout(timer);
        for (const event of ['pointermove', 'pointerdown']) window.removeEventListener(event, onMove);
        stop.current = () => {};
      };
      for (const event of ['pointermove', 'pointerdown']) window.addEventListener(event, onMove);
    },
  };
}
