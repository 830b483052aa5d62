import { randomUUID } from 'node:crypto';
import { expect, request, type APIRequestContext } from '@playwright/test';
import { ADMIN, type Server } from './start-server';

export const PASSWORD = 'a second horse and battery';

/** Calls a procedure of the pages as whoever the context is signed in as. */
export async function call<Result = unknown>(
  request: APIRequestContext,
  { url }: Server,
  procedure: string,
  input: object,
): Promise<Result> {
  const answer = await request.post(`${url}/trpc/${procedure}`, { data: input, headers: { origin: url } });
  expect(answer.ok(), `${procedure}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { result: { data: Result } }).result.data;
}

/** What a procedure that changes nothing answers, as `call`. */
export async function ask<Result>(
  request: APIRequestContext,
  { url }: Server,
  procedure: string,
  input: object,
): Promise<Result> {
  const answer = await request.get(`${url}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`);
  expect(answer.ok(), `${procedure}: ${await answer.text()}`).toBe(true);
  return ((await answer.json()) as { result: { data: Result } }).result.data;
}

/** The administrator, in no browser. Dispose of it. */
export async function administrator(server: Server): Promise<APIRequestContext> {
  const admin = await request.newContext();
  await call(admin, server, 'users.signIn', ADMIN);
  return admin;
}

/**
 * Signs a browser in as somebody new who has this role: by requests, not by clicking. Returns their e-mail, new too.
 */
export async function signInAs(
  role: string,
  { server, admin, request }: { server: Server; admin: APIRequestContext; request: APIRequestContext },
): Promise<string> {
  const email = `${role}-${randomUUID().slice(0, 8)}@example.com`;
  const { link } = await call<{ link: { token: string } }>(admin, server, 'users.invite', { email, name: '', role });
  await call(request, server, 'users.useLink', { token: link.token, password: PASSWORD });
  return email;
}
