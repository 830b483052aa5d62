import { z } from 'zod';
import { text } from '../../agent/wire-text';
import { fromText, textLike } from '../rest/schema';
import { storableText } from '../storable-text';
import { explainIssue, mistake, saying } from '../../words/explain-issue';
import { type Said, words } from '../../words/words';

/** Of a text or a secret of which nobody has said how long it may be. */
const LONGEST = 4000;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, mistake('server.saved.name'))
  .meta({ examples: ['service'] });

/** What is left open in a saved command, and what may be put there. */
export const placeholder = z
  .object({
    name,
    label: storableText(100)
      .trim()
      .default('')
      .meta({ description: 'What forms call it.', examples: ['Service'] }),
    type: z.enum(['text', 'number', 'choice', 'secret']).default('text'),
    isRequired: fromText(z.boolean()).default(true),
    default: z
      .union([text(LONGEST), z.number()])
      .nullable()
      .default(null)
      .meta({ description: 'For who sends none. A secret has none.', examples: ['nginx'] }),
    min: fromText(z.number())
      .nullable()
      .default(null)
      .meta({ description: 'Of a number; of a text or a secret the length.' }),
    max: fromText(z.number()).nullable().default(null),
    choices: z
      .array(
        text(200)
          .min(1)
          .meta({ examples: ['production'] }),
      )
      .max(100)
      .default([]),
  })
  .superRefine((given, ctx) => {
    const wrong = (path: string, said: Said) => ctx.addIssue({ code: 'custom', path: [path], ...saying(said) });
    const { type, min, max, choices } = given;
    const isCounted = type === 'text' || type === 'secret';
    if (min !== null && max !== null && min > max) wrong('max', words('common.input.at_least', { least: min }));
    if (isCounted && [min, max].some((bound) => bound !== null && (!Number.isInteger(bound) || bound < 0)))
      wrong('min', words('common.input.whole'));
    if (isCounted && max !== null && max > LONGEST) wrong('max', words('common.input.at_most', { most: LONGEST }));
    if ((type === 'choice') !== choices.length > 0) wrong('choices', words('server.saved.choices'));
    if (new Set(choices).size < choices.length) wrong('choices', words('server.input.twice'));
    if (given.default === null) return;
    if (type === 'secret') return wrong('default', words('server.saved.no_default'));
    const { error } = valueOf(given).safeParse(given.default);
    if (error) wrong('default', explainIssue(error.issues[0]!));
  });
export type Placeholder = z.infer<typeof placeholder>;

/** As an answer has it. */
export const placeholderRow = z.object({
  name: textLike('service'),
  label: textLike('Service'),
  type: z.enum(['text', 'number', 'choice', 'secret']),
  isRequired: z.boolean(),
  default: z
    .union([z.string(), z.number()])
    .nullable()
    .meta({ examples: ['nginx'] }),
  min: z.number().nullable(),
  max: z.number().nullable(),
  choices: z.array(textLike('production')),
});

/**
 * What may be put in its place. A text is one line and begins with no dash: a program that is given it as an argument
 * would take it for an option.
 */
export function valueOf({ type, min, max, choices, isRequired }: Placeholder): z.ZodType<string | number> {
  const least = Math.max(min ?? 0, isRequired ? 1 : 0);
  switch (type) {
    case 'number':
      return z
        .number()
        .min(min ?? Number.MIN_SAFE_INTEGER)
        .max(max ?? Number.MAX_SAFE_INTEGER);
    case 'choice':
      return z.enum(choices as [string, ...string[]]);
    case 'secret':
      return text(max ?? LONGEST).min(least);
    case 'text':
      return text(max ?? LONGEST)
        .min(least)
        .regex(/^(?!-)[^\p{Cc}\u2028\u2029]*$/u, mistake('server.saved.one_line'));
  }
}

/** The name of the variable that a script is given it by. Nobody can name one that a shell or a loader knows. */
export const variableOf = (name: string) => `PARAM_${name.toUpperCase()}`;

/** The placeholder that stands there alone: `{{name}}`. */
export const standsFor = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^\{\{([a-z][a-z0-9_]{0,39})\}\}$/.exec(value)?.[1] : undefined;
