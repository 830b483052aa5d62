import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { expect, onTestFinished } from 'vitest';
import type { z } from 'zod';
import { users } from '../../db/schema';
import { serveApi } from '../agents/testing';
import { hashPassword } from '../auth/password';
import type { Role } from '../auth/permissions';
import type { Services } from '../services';
import { describeApi } from './describe-api';
import { problem } from './refuse';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Of JSON; undefined when there is no body. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read into it
  body: any;
}

export interface Question {
  bearer?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  headers?: Record<string, string>;
}

export type Ask = (method: string, path: string, question?: Question) => Promise<Answer>;

const operations = Object.entries(describeApi().paths!).flatMap(([template, methods]) =>
  Object.entries(methods as Record<string, { responses: Record<string, { description: string }> }>).map(
    ([method, { responses }]) => ({
      isAt: (asked: string, path: string) =>
        asked.toLowerCase() === method &&
        new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0]!),
      responses,
    }),
  ),
);

/**
 * Whatever a test asks an operation, the answer is one that it documents, and an error has its name there and the one
 * shape.
 */
function expectDocumented(what: string, method: string, path: string, { status, text, body }: Answer): void {
  const operation = operations.find(({ isAt }) => isAt(method, path));
  if (!operation) return;
  const told = `${what}: ${status} ${text.slice(0, 300)}`;
  expect(Object.keys(operation.responses), told).toContain(String(status));
  if (status < 400) return;
  expect(problem.strict().safeParse(body), told).toMatchObject({ success: true });
  const { code, message, requestId } = body as z.infer<typeof problem>;
  expect(requestId, told).toMatch(/^[0-9a-f-]{36}$/);
  expect(operation.responses[status]!.description, told).toContain(`\`${code}\``);
  expect(message, told).not.toMatch(/\{\{|^The server refused|errors\./);
}

/** The API listener, for real, and a way to ask it things, which it answers as its document says. */
export async function serveRestApi(services: Services): Promise<{ ask: Ask; port: number }> {
  const port = await serveApi(services);
  const agent = new Agent({ keepAlive: true, ca: services.authority.signing.pem });
  onTestFinished(() => agent.destroy());
  async function ask(
    method: string,
    path: string,
    { bearer, body, text, headers = {} }: Question = {},
  ): Promise<Answer> {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = httpsRequest({
      agent,
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: {
        ...(sent !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(sent)),
        }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
    });
    request.end(sent);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let received = '';
    for await (const chunk of response) received += String(chunk);
    const isJson = /^application\/json(;|$)/.test(response.headers['content-type'] ?? '') && received !== '';
    const answer = {
      status: response.statusCode!,
      headers: response.headers,
      text: received,
      body: isJson ? (JSON.parse(received) as unknown) : undefined,
    };
    expectDocumented(`${method} ${path} ${sent?.slice(0, 200) ?? ''}`, method, path, answer);
    return answer;
  }
  return { ask, port };
}

export const PASSWORD = 'correct horse battery';

/** Made once: it is slow by design. */
let passwordHash: Promise<string> | undefined;

/** Somebody who can log in. Returns their id. */
export async function addPerson(
  services: Services,
  role: Role = 'administrator',
  email = `${role}@example.com`,
): Promise<string> {
  const [user] = await services.db
    .insert(users)
    .values({ email, passwordHash: await (passwordHash ??= hashPassword(PASSWORD)), role })
    .returning();
  return user!.id;
}

export const nextTokenOf = ({ headers }: Answer) => headers['x_reauthorization'] as string | undefined;

/** A first token. */
export async function logIn(ask: Ask, userid = 'administrator@example.com'): Promise<string> {
  const answer = await ask('POST', '/login', { body: { userid, password: PASSWORD } });
  return (answer.body as { token: string }).token;
}
