/** Most keys of one question. */
const MOST = 500;

/**
 * Makes one question of those that come together: ten thousand hosts that are woken at once are twenty statements and
 * not ten thousand. While one is under way, the next gathers.
 * @param ask a key that is missing in the answer has nothing
 * @returns asks for one key; rejects with what the question failed with
 */
export function askTogether<Answer>(
  ask: (keys: string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | undefined> {
  type Waiting = { resolve: (answer: Answer | undefined) => void; reject: (error: unknown) => void };
  const waiting = new Map<string, Waiting[]>();
  let isAsking = false;

  async function askAll(): Promise<void> {
    // What comes in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const now: [string, Waiting[]][] = [];
      for (const one of waiting) if (now.push(one) === MOST) break;
      for (const [key] of now) waiting.delete(key);
      try {
        const answers = await ask(now.map(([key]) => key));
        for (const [key, those] of now) for (const { resolve } of those) resolve(answers.get(key));
      } catch (error) {
        for (const [, those] of now) for (const { reject } of those) reject(error);
      }
    }
    isAsking = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const those = waiting.get(key);
      if (those) those.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
      if (isAsking) return;
      isAsking = true;
      void askAll();
    });
}
