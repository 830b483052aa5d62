/** What a list is asked for with some of it changed, from its first page: a cursor is of one order and one filter. */
export function changeList(params: URLSearchParams, changes: Record<string, string | undefined>): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value?.trim()) next.set(name, value.trim());
    else next.delete(name);
  }
  return next;
}

export function listAddress(path: string, params: URLSearchParams): string {
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}
