import type { FactSection, FactValue } from './fact-types';

/** A machine has thousands of packages: more than these are found by a search. */
export const MOST_SHOWN = 100;

/** A section as it is shown. */
export interface ShownSection extends Pick<FactSection, 'section' | 'changedAt'> {
  facts: [name: string, value: FactValue][];
  /** How many were found; `facts` holds the first of them. */
  found: number;
  /** How many there are. */
  total: number;
}

/** The facts whose name or value has the text in it, capitals or not, by name. A section without any is left out. */
export function selectFacts(sections: readonly FactSection[], search: string): ShownSection[] {
  const wanted = search.trim().toLowerCase();
  return sections.flatMap(({ section, changedAt, facts }) => {
    const all = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
    const found = all.filter((fact) => fact.some((part) => String(part).toLowerCase().includes(wanted)));
    if (wanted !== '' && found.length === 0) return [];
    return [{ section, changedAt, facts: found.slice(0, MOST_SHOWN), found: found.length, total: all.length }];
  });
}
