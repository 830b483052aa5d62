/** What the words are cut into: tools/word-groups.mjs says which texts are in each. */
export type WordGroup =
  | 'every'
  | 'hosts'
  | 'fleets'
  | 'commands'
  | 'configuration'
  | 'people'
  | 'enrolment'
  | 'audit'
  /** What agents say: `words/machine-words.ts` has its texts. */
  | 'machine';

/** What a page needs besides the words of every page, by the parts of its address. */
const NEEDED = new Map<string, readonly WordGroup[]>([
  // The dashboard.
  ['', ['hosts']],
  ['hosts', ['hosts']],
  ['health', ['hosts']],
  ['fleets', ['hosts', 'fleets', 'machine']],
  ['jobs', ['fleets', 'audit']],
  ['commands', ['commands', 'machine']],
  ['configuration', ['configuration']],
  // Of a host: beside what is wanted stands what it says.
  ['…/configuration', ['machine']],
  ['…/events', ['machine']],
  ['users', ['people']],
  ['profile', ['people']],
  ['enrolment', ['enrolment']],
  ['certificates', ['hosts', 'enrolment']],
  ['audit', ['audit']],
]);

/**
 * The groups of words that a page needs. tools/word-groups.test.ts holds it against what pages say.
 *
 * @param path the page's address, as `/hosts/…/commands`
 */
export function wordsOfPage(path: string): WordGroup[] {
  const parts = path.replace(/^\/|\/$/g, '').split('/');
  return [
    ...new Set<WordGroup>([
      'every',
      ...parts.flatMap((part, at) => [...(NEEDED.get(part) ?? []), ...(at > 0 ? (NEEDED.get(`…/${part}`) ?? []) : [])]),
    ]),
  ];
}
