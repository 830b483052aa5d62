import type { LoaderFunctionArgs } from '@remix-run/node';

/** Fleets with a text in their names, for the script of a field. It is no page. */
export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.fleets.names({ search: new URL(request.url).searchParams.get('search') ?? '' });
