import type { LoaderFunctionArgs } from '@remix-run/node';

/** What a run has written, for the script of its page. */
export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const from = Number(new URL(request.url).searchParams.get('from') ?? 0);
  return Response.json(await api.commands.output({ commandId: params.commandId!, hostId: params.hostId!, from }));
}
