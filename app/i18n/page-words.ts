/** What the words are cut into: tools/word-groups.mjs says which texts are in each. */
export type WordGroup = 'every' | 'hosts' | 'fleets' | 'commands' | 'configuration' | 'people' | 'enrolment' | 'audit';

/** What a page needs besides the words of every page, by the parts of its address. */
const NEEDED = new Map<string, readonly WordGroup[]>([
  // The dashboard.
  ['', ['hosts']],
  ['hosts', ['hosts']],
  ['health', ['hosts']],
  ['fleets', ['hosts', 'fleets']],
  ['jobs', ['fleets', 'audit']],
  ['commands', ['commands']],
  ['configuration', ['configuration']],
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
  return [...new Set<WordGroup>(['every', ...parts.flatMap((part) => NEEDED.get(part) ?? [])])];
}
