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

/** Where everything that a list is asked for is a file. */
export function exportAddress(path: string, query: object, format: 'csv' | 'jsonl'): string {
  const params = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && name !== 'cursor') params.set(name, String(value));
  return `${path}/export?${params}`;
}
