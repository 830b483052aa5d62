import { z } from 'zod';
import type { Issue } from '../errors';
import { readRule } from './read-rule';
import { LONGEST_RULE, type Rule } from './rule';
import { RuleFault } from './rule-fault';

/** A rule as people write it: docs/rules.md. What is wrong with one, and where, is in the issue. */
export const ruleText = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_RULE)
  .superRefine((text, ctx) => {
    const fault = faultOf(text);
    if (!fault) return;
    const { at, expected, message } = fault;
    ctx.addIssue({
      code: 'custom',
      message,
      params: { rule: { fault: fault.fault, at: at + 1, expected } satisfies Issue['rule'] },
    });
  })
  .meta({
    description: 'A rule: `platform = "linux" and tags has "env:prod" and memory < 4 GiB`.',
    examples: ['platform = "linux"'],
  });

function faultOf(text: string): RuleFault | null {
  try {
    readRule(text);
    return null;
  } catch (error) {
    if (error instanceof RuleFault) return error;
    throw error;
  }
}

/** The rule of a text that `ruleText` has let through, be it before there was a bound on what is computed. */
export const ruleOf = (text: string): Rule => readRule(text, Infinity);
