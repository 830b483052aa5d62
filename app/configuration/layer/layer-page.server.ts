import type { LoaderFunctionArgs } from '@remix-run/node';

/** Which versions the address asks for: the latest, unless a list was turned over. */
export function versionsAsked({ request }: Pick<LoaderFunctionArgs, 'request'>): { before?: number } {
  const cursor = new URL(request.url).searchParams.get('cursor');
  return cursor === null ? {} : { before: Number(cursor) };
}
