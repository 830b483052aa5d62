/** What the doctor says of one thing. */
export interface Finding {
  /** `bad` keeps a server from working, or its secrets from being ones; a `warning` will, or may. */
  state: 'good' | 'warning' | 'bad';
  about: string;
  words: string;
  /** What to do. */
  mend?: string;
}

/** The findings about one thing, each said once where it is found. */
export const about = (thing: string) => ({
  good: (words: string): Finding => ({ state: 'good', about: thing, words }),
  warning: (words: string, mend: string): Finding => ({ state: 'warning', about: thing, words, mend }),
  bad: (words: string, mend: string): Finding => ({ state: 'bad', about: thing, words, mend }),
});
