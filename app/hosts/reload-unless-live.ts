import type { ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { reloadIfAnswered } from '../forms/keep-page';
import { isLive } from '../live/socket';

/**
 * For pages that list hosts: after a decision or a deletion there is nothing to load, the live stream tells. Loading
 * all the same would take the decided host out of what the page watches, and it would not be seen coming up.
 */
export function reloadUnlessLive(args: ShouldRevalidateFunctionArgs): boolean {
  const isAct = args.formAction?.startsWith('/acts/hosts.');
  return reloadIfAnswered(args) && !(isAct && isLive());
}
