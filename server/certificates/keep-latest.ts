/** A value that is made when somebody asks, and kept until it is behind. */
export interface Latest<Value> {
  /** The value as it is now: every change that was told of before the question is in it. */
  current(): Promise<Value>;
  /** Makes it anew. Who asks meanwhile is given the last one, if that still does, and waits for nothing. */
  renew(): Promise<void>;
  /** Something changed that it was made of. */
  expire(): void;
}

/**
 * Keeps what is costly to make. However many ask, one is made at a time.
 * @param make a failure is told to whoever asked for it; the next one who asks tries again
 * @param isGood whether the last one still does, apart from the changes that were told
 */
export function keepLatest<Value>(make: () => Promise<Value>, isGood: (last: Value) => boolean): Latest<Value> {
  let last: { value: Value } | undefined;
  let making: Promise<Value> | undefined;
  let isBehind = true;

  const good = () => (!isBehind && last && isGood(last.value) ? last : undefined);

  async function makeNext(): Promise<Value> {
    // Before it looks: a change from here on may be missing from what it sees.
    isBehind = false;
    try {
      last = { value: await make() };
      return last.value;
    } catch (error) {
      isBehind = true;
      throw error;
    } finally {
      making = undefined;
    }
  }

  return {
    async current() {
      // One that was begun before the question may lack what is asked for. Its failure is for those who began it.
      if (!good()) await making?.catch(() => undefined);
      return good()?.value ?? (making ??= makeNext());
    },
    async renew() {
      await (making ??= makeNext());
    },
    expire: () => void (isBehind = true),
  };
}
