import { ADMIN } from '../../start-server';

/** The administrator, as the pages' script calls procedures. Rejects when one is refused. */
export async function signIn(url: string) {
  const headers = { origin: url, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/trpc/users.signIn`, { method: 'POST', headers, body: JSON.stringify(ADMIN) });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  async function ask<Answer>(address: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${url}/trpc/${address}`, { ...init, headers: { ...headers, cookie } });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { result: { data: Answer } }).result.data;
  }
  return {
    cookie,
    get: <Answer>(path: string, input: object) =>
      ask<Answer>(`${path}?input=${encodeURIComponent(JSON.stringify(input))}`),
    post: <Answer>(path: string, input: object) => ask<Answer>(path, { method: 'POST', body: JSON.stringify(input) }),
  };
}
