import type { z } from 'zod';
import { CommandError } from './command';

/**
 * What a command was given, as the procedure of the same act takes it.
 * @param names how the flags and operands are called that the schema's fields come from
 * @throws CommandError naming each that is wrong
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  names: Record<string, string>,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    parsed.error.issues
      .map(({ path, message }) => `${names[String(path[0])] ?? path.join('.')}: ${message}`)
      .join('; '),
  );
}
