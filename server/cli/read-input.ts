import type { z } from 'zod';
import { CommandError } from '../process/command-error';
import { explainIssue } from '../../words/explain-issue';
import { words } from '../../words/words';

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
    parsed.error.issues.map((issue) =>
      words('common.input.at', {
        place: names[String(issue.path[0])] ?? issue.path.join('.'),
        mistake: explainIssue(issue),
      }),
    ),
  );
}
