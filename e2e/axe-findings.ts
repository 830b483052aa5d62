import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Each finding as the rule and where it is broken. */
export async function findings(page: Page, rules?: string[]): Promise<string[]> {
  // Without frames there is nothing to put together in a page of its own.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
