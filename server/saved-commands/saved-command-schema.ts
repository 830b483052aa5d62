import { z } from 'zod';
import { kind } from '../commands/command-schema';
import { counted } from '../list/list';
import { fromText, instant, nextCursor, textLike } from '../rest/schema';
import { storableText } from '../storable-text';
import { judgeTemplate } from './judge-template';
import { placeholder, placeholderRow } from './placeholders';
import { saying } from '../../words/explain-issue';

const RUN_BY = ['commands.run', 'commands.shell', 'named'] as const;

const WHO_RUNS =
  'The permission that it takes to run it on a host; `named`: who is named by its runners and may run what names them there.';

const said = {
  name: storableText(100)
    .trim()
    .min(1)
    .meta({ examples: ['Restart the shop'] }),
  description: storableText(1000)
    .trim()
    .meta({ examples: ['After a deployment that it did not notice.'] }),
  parameters: z
    .looseObject({})
    .meta({
      description:
        'Those of the kind. In a script nothing is replaced: it has each placeholder `name` as the variable `PARAM_NAME`. In all other kinds `{{name}}` stands for a whole parameter, or a whole entry of a list.',
      examples: [{ service: '{{service}}', action: 'restart' }],
    }),
  placeholders: z.array(placeholder).max(50),
  runBy: z.enum(RUN_BY).meta({ description: WHO_RUNS }),
};

/** What can be wrong with it however it is sent. */
export const judgeSaved = (given: Parameters<typeof judgeTemplate>[0], ctx: z.RefinementCtx) => {
  for (const { path, said } of judgeTemplate(given)) ctx.addIssue({ code: 'custom', path, ...saying(said) });
};

export const newSavedCommand = z
  .object({
    ...said,
    kind,
    description: said.description.default(''),
    placeholders: said.placeholders.default([]),
    runBy: said.runBy
      .optional()
      .meta({
        description: `${WHO_RUNS} When left out, that of its kind: a script is given to who may run none only by saying so.`,
      }),
  })
  .superRefine(judgeSaved);
export type NewSavedCommand = z.infer<typeof newSavedCommand>;

export const savedCommandChanges = z.object({
  name: said.name.optional(),
  description: said.description.optional(),
  parameters: said.parameters
    .optional()
    .meta({ description: 'A secret variable without a value keeps the one that it has.' }),
  placeholders: said.placeholders.optional(),
  runBy: said.runBy.optional(),
  version: fromText(z.int().min(1))
    .optional()
    .meta({ description: 'Which version is changed. If it has another by now, nothing is.' }),
});
export type SavedCommandChanges = z.infer<typeof savedCommandChanges>;

const listed = z.object({
  id: z.string().meta({ format: 'uuid' }),
  name: textLike('Restart the shop'),
  description: textLike('After a deployment that it did not notice.'),
  kind: textLike('restart_service'),
  runBy: z.enum(RUN_BY),
  mayRun: z.boolean().meta({ description: 'Whether you may run it somewhere.' }),
  version: z.int(),
  createdAt: instant,
  createdBy: textLike('admin@example.com'),
  updatedAt: instant,
  updatedBy: textLike('admin@example.com'),
});
export type ListedSavedCommand = z.infer<typeof listed>;

export const savedCommandPage = z.object({ savedCommands: z.array(listed), nextCursor, ...counted });

export const savedCommandRow = listed
  .extend({
    parameters: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Without what is secret.', examples: [{ service: '{{service}}', action: 'restart' }] }),
    placeholders: z.array(placeholderRow),
  })
  .meta({ id: 'SavedCommand' });
export type SavedCommandRow = z.infer<typeof savedCommandRow>;

export const SAVED_EXAMPLE = {
  ...{ name: 'Restart a service', description: 'Whichever.', runBy: 'commands.run' },
  parameters: { service: '{{service}}', action: 'restart' },
  placeholders: [{ name: 'service', label: 'Service', type: 'text', isRequired: true, default: 'nginx' }],
};
