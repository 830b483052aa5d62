import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Each finding as the rule and where it is broken. */
export async function findings(page: Page, rules?: string[]): Promise<string[]> {
  // Without frames there is nothing to put together in a page of its own; and of what is as it should be, which is
  // nearly all of a page, nobody reads where it is.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
