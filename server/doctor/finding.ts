import type { Said } from '../../words/words';

type Thing = 'certificates' | 'clock' | 'configuration' | 'database' | 'disk' | 'files' | 'ports';

/** What the doctor says of one thing. */
export interface Finding {
  /** `bad` keeps a server from working, or its secrets from being ones; a `warning` will, or may. */
  state: 'good' | 'warning' | 'bad';
  about: Thing;
  said: Said;
  /** What to do. */
  mend?: Said;
}

/** The findings about one thing, each said once where it is found. */
export const about = (thing: Thing) => ({
  good: (said: Said): Finding => ({ state: 'good', about: thing, said }),
  warning: (said: Said, mend: Said): Finding => ({ state: 'warning', about: thing, said, mend }),
  bad: (said: Said, mend: Said): Finding => ({ state: 'bad', about: thing, said, mend }),
});
