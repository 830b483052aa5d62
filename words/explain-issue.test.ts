import { expect, test } from 'vitest';
import { z } from 'zod';
import { explainIssue, mistake } from './explain-issue';
import { inEnglish } from './say';
import { words } from './words';

const ours = { error: 'x', params: { said: words('server.config.origins') } };

test.each<[z.ZodType, unknown, string]>([
  [z.number(), 'x', 'must be a number'],
  [z.number().int(), 1.5, 'must be a whole number'],
  [z.number().min(3), 2, 'must be 3 or more'],
  [z.number().max(3000), 3001, 'must be 3,000 or less'],
  [z.number().gt(3), 3, 'must be more than 3'],
  [z.number().lt(3), 3, 'must be less than 3'],
  [z.string(), undefined, 'is needed'],
  [z.string(), 1, 'must be text'],
  [z.string().min(1), '', 'must have at least 1 character'],
  [z.string().max(2), 'abc', 'must have at most 2 characters'],
  [z.array(z.string()).min(1), [], 'must have at least 1 item'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
  [z.boolean(), 'x', 'must be true or false'],
  [z.array(z.string()), 'x', 'must be a list'],
  [z.object({}), 'x', 'must be a mapping of keys to values'],
  [z.strictObject({}), { port: 1 }, 'holds what is not known there: port'],
  [z.enum(['info', 'debug']), 'x', 'must be one of: info, debug'],
  [z.email(), 'x', 'must be an e-mail address'],
  [z.uuid(), 'x', 'must be an id (UUID)'],
  [z.string().regex(/^a/), 'x', 'is not of the right form'],
  [z.string().regex(/^a/, mistake('server.config.postgres_address')), 'x', 'must be a postgres:// address'],
  [z.string().refine(() => false, ours), 'x', 'must be origins, such as https://example.com'],
  [z.string().refine(() => false, 'as it is'), 'x', 'as it is'],
  [z.union([z.string(), z.number()]), true, 'is not right'],
])('%# says what is wrong', (schema, input, expected) => {
  expect(inEnglish(explainIssue(schema.safeParse(input).error!.issues[0]!))).toBe(expected);
});
