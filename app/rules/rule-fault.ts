import type { Issue } from '../../server/errors';
import { asProblem } from '../forms/problem';

/** What is wrong with a rule, and at which of its characters, counted from 1. */
export type RuleFault = NonNullable<Issue['rule']>;

/** The fault of a rule for which something was refused. Whatever else was refused is thrown on. */
export function ruleFaultOf(thrown: unknown): RuleFault {
  const found = asProblem(thrown).issues.find(({ rule }) => rule)?.rule;
  if (!found) throw thrown;
  return found;
}
