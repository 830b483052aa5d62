interface Difference {
  /** Where it is in the state: names joined by dots. */
  path: string;
  /** As JSON, text without its quotes; undefined where it is not there. */
  before: string | undefined;
  after: string | undefined;
  isChanged: boolean;
}

/** Two states beside each other, a line each leaf, in the order of their names. */
export function compareStates(before: unknown, after: unknown): Difference[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((path) => {
    const [one, other] = [was.get(path), is.get(path)];
    return { path, before: one, after: other, isChanged: one !== other };
  });
}

function leavesOf(state: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (state === null && path === '') return found;
  if (typeof state !== 'object' || state === null || Object.keys(state).length === 0) {
    return found.set(path, typeof state === 'string' ? state : JSON.stringify(state));
  }
  for (const [name, value] of Object.entries(state)) leavesOf(value, path ? `${path}.${name}` : name, found);
  return found;
}
