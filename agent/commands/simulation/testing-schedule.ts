interface Event {
  at: number;
  nth: number;
  /** Null: taken back. */
  act: (() => void) | null;
}

/** Time that passes only from one event to the next, milliseconds. */
export interface Schedule {
  now(): number;
  /**
   * Has it happen then, or now if that is past; of those at one time the first that was asked for is first. Returns
   * what takes it back.
   */
  at(when: number, act: () => void): () => void;
  /** Until that time. @returns false when it would have taken more events than that */
  run(until: number, mostEvents: number): boolean;
}

/** A binary heap: a history has a thousand events, and timers that are taken back again and again. */
export function createSchedule(): Schedule {
  const heap: Event[] = [];
  let now = 0;
  let nth = 0;

  const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.nth < b.nth);

  function add(event: Event): void {
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  function takeFirst(): Event | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  return {
    now: () => now,
    at(when, act) {
      const event: Event = { at: Math.max(now, when), nth: nth++, act };
      add(event);
      return () => void (event.act = null);
    },
    run(until, mostEvents) {
      for (let events = 0; ;) {
        const event = takeFirst();
        if (!event || event.at > until) return true;
        if (!event.act) continue;
        now = event.at;
        event.act();
        if (++events > mostEvents) return false;
      }
    },
  };
}
