import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { onTestFinished } from 'vitest';
import { users } from '../../db/schema';
import { serveApi } from '../agents/testing';
import { hashPassword } from '../auth/password';
import type { Role } from '../auth/permissions';
import type { Services } from '../services';

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

/** The API listener, for real, and a way to ask it things. */
export async function serveRestApi(services: Services): Promise<{ ask: Ask; port: number }> {
  const port = await serveApi(services);
  const agent = new Agent({ keepAlive: true, ca: services.authority.signing.pem });
  onTestFinished(() => agent.destroy());
  async function ask(method: string, path: string, { bearer, body, text, headers = {} }: Question = {}): Promise<Answer> {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = httpsRequest({
      agent,
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: {
        ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
    });
    request.end(sent);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let received = '';
    for await (const chunk of response) received += String(chunk);
    const isJson = /^application\/json(;|$)/.test(response.headers['content-type'] ?? '') && received !== '';
    return { status: response.statusCode!, headers: response.headers, text: received, body: isJson ? (JSON.parse(received) as unknown) : undefined };
  }
  return { ask, port };
}

export const PASSWORD = 'correct horse battery';

/** Somebody who can log in. Returns their id. */
export async function addPerson(services: Services, role: Role = 'administrator', email = `${role}@example.com`): Promise<string> {
  const [user] = await services.db.insert(users).values({ email, passwordHash: await hashPassword(PASSWORD), role }).returning();
  return user!.id;
}

export const nextTokenOf = ({ headers }: Answer) => headers['x_reauthorization'] as string | undefined;

/** A first token. */
export async function logIn(ask: Ask, userid = 'administrator@example.com'): Promise<string> {
  const answer = await ask('POST', '/login', { body: { userid, password: PASSWORD } });
  return (answer.body as { token: string }).token;
}
