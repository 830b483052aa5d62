/** Keeps what was read last of each key. */
interface Steady<Value> {
  /** The object that was read before where nothing of it changed: no page is told that again. */
  of(key: string, value: Value): Value;
  /** Forgets all other keys. */
  keepOnly(isKept: (key: string) => boolean): void;
}

export function createSteady<Value extends object>(): Steady<Value> {
  const last = new Map<string, { value: Value; json: string }>();
  return {
    of(key, value) {
      const json = JSON.stringify(value);
      if (last.get(key)?.json !== json) last.set(key, { value, json });
      return last.get(key)!.value;
    },
    keepOnly(isKept) {
      for (const key of last.keys()) if (!isKept(key)) last.delete(key);
    },
  };
}
