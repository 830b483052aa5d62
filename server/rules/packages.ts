/**
 * What of a host changed, in `fleet_due`, and what a rule reads, in `fleet.reads`, where that is a package and no
 * column of `host`: an upgrade touches the rules that name what was upgraded, and no others.
 */
export const packageRead = (name: string) => `${A_PACKAGE}${name}`;
const A_PACKAGE = 'package:';

/** In place of more names of packages than anybody keeps. */
export const ANY_PACKAGE = 'packages';
const MOST_NAMED = 50;

/** @param names null where there is nothing to compare with */
export const packagesChanged = (names: readonly string[] | null): string[] =>
  names === null || names.length > MOST_NAMED ? [ANY_PACKAGE] : names.map(packageRead);

/** Whether a rule reads any. */
export const readsPackages = (reads: readonly string[]): boolean => reads.some((read) => read.startsWith(A_PACKAGE));

/** Whether a rule reads something of what changed. */
export const isReadOf = (reads: readonly string[], changed: readonly string[]): boolean =>
  changed.some((one) => reads.includes(one)) || (changed.includes(ANY_PACKAGE) && readsPackages(reads));
