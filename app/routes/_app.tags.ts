import type { LoaderFunctionArgs } from '@remix-run/node';

/** Tags that begin with what is being typed, for the script of a field. It is no page. */
export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const prefix = new URL(request.url).searchParams.get('prefix') ?? '';
  const { tags } = await api.hosts.suggestTags({ prefix });
  return Response.json(tags);
}
