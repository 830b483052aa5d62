import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError, issuesOf } from './errors';

test('what is wrong with an input is told, whoever found it', () => {
  const issue = { code: 'custom' as const, path: ['document', 'log'], message: 'unknown', input: undefined };
  const found = new AppError('input.invalid', { cause: new z.ZodError([issue]) });
  const parsed = new AppError('input.invalid', { cause: z.object({ a: z.string() }).safeParse({}).error });
  expect(issuesOf(found)).toEqual([{ path: 'document.log', message: 'unknown' }]);
  expect(issuesOf(parsed)).toMatchObject([{ path: 'a' }]);
});
