import type { ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { reloadIfAnswered } from '../../forms/keep-page';

/**
 * For the page of a host and each of its views. After its own deletion, or when it has been given another's place,
 * there is nothing to load again: the page would say "not found" before it is left.
 */
export const reloadHost = (args: ShouldRevalidateFunctionArgs) =>
  !/^\/acts\/hosts\.(delete|replace)\?/.test(args.formAction ?? '') && reloadIfAnswered(args);

/** For the page around the views: another view of the same host is no other data of its. */
export const reloadHostPage = (args: ShouldRevalidateFunctionArgs) => {
  const { currentUrl, nextUrl, currentParams, nextParams } = args;
  const isOtherView = currentParams.hostId === nextParams.hostId && currentUrl.href !== nextUrl.href;
  return !isOtherView && reloadHost(args);
};
