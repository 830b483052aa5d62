/** Looked at anew so often: a timer counts 24 days at most, and clocks are set. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/** Calls back when a moment has come, however far away it is. Returns the function that stops it. */
export function callAt(at: Date, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const ms = at.getTime() - Date.now();
    timer = setTimeout(ms > 0 ? wait : act, Math.max(0, Math.min(ms, LOOK_EVERY_MS)));
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
