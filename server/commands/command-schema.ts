import { z } from 'zod';
import { command, type CommandKind } from '../../agent/commands/command-kinds';
import { MAX_COMMAND_BYTES } from '../../agent/commands/protocol';
import { agentWords, fromText, instant, nextCursor, textLike } from '../rest/schema';
import { RUN_STATES, runState } from './runs/run-states';
import { targets } from './targets';
import { explainIssue, oneOf, saying } from '../../words/explain-issue';
import { type Said, words } from '../../words/words';

export const COMMAND_KINDS = command.options.map(({ shape }) => shape.kind.value) as [CommandKind, ...CommandKind[]];

const HOUR_SECONDS = 3600;
/** What the wire can say. */
const LONGEST_TIMEOUT_SECONDS = 7 * 24 * HOUR_SECONDS;
const LONGEST_WAIT_SECONDS = 30 * 24 * HOUR_SECONDS;

export const kind = z.enum(COMMAND_KINDS).meta({ examples: ['restart_service'] });

/** What is to be done: a kind with its parameters, or a saved command with what is left open in it. */
const what = {
  kind: kind.optional(),
  savedCommandId: z.uuid().optional().meta({ description: 'In place of `kind`.' }),
  savedCommandVersion: fromText(z.int().min(1))
    .optional()
    .meta({ description: 'Which version of it that has to be. If it has another by now, nothing is sent.' }),
  parameters: z
    .looseObject({})
    .meta({
      description:
        'Those of the kind: `GET /commands/kinds` has the schema of each. Of a saved command: the values of its placeholders, by their names.',
      examples: [{ service: 'nginx', action: 'restart' }],
    }),
};
export interface CommandInput {
  kind: CommandKind;
  parameters: Record<string, unknown>;
}

/** What is wrong with a parameter. `path` begins below `parameters`. */
export interface Fault {
  path: PropertyKey[];
  said: Said;
}

/** What is wrong with parameters, by their names. */
export function faultsOf({ kind, parameters }: CommandInput): Fault[] {
  const { error } = command.safeParse({ ...parameters, kind });
  const isLarge = Buffer.byteLength(JSON.stringify(parameters)) > MAX_COMMAND_BYTES - 100;
  return [
    ...(error?.issues ?? []).map((issue) => ({ path: issue.path, said: explainIssue(issue) })),
    ...(isLarge ? [{ path: [], said: words('common.input.large') }] : []),
  ];
}

/** Those of a saved command are judged when it is known: server/saved-commands/what-to-run.ts. */
function judge(
  given: { kind?: CommandKind | undefined; savedCommandId?: string | undefined; parameters: Record<string, unknown> },
  ctx: z.RefinementCtx,
): void {
  const { kind, savedCommandId, parameters } = given;
  if ((kind === undefined) === (savedCommandId === undefined))
    ctx.addIssue({ code: 'custom', path: ['kind'], ...saying(oneOf('kind', 'savedCommandId')) });
  if (kind === undefined) return;
  for (const { path, said } of faultsOf({ kind, parameters }))
    ctx.addIssue({ code: 'custom', path: ['parameters', ...path], ...saying(said) });
}

/** The parameters as the machine is told them: nothing that the kind does not know. */
export function parametersOf({ kind, parameters }: CommandInput): Record<string, unknown> {
  const { kind: _kind, ...known } = command.parse({ ...parameters, kind });
  return known;
}

/** Of the two ways to say what. */
export const DRAFT_EXAMPLE = {
  ...{ kind: 'restart_service', parameters: { service: 'nginx', action: 'restart' } },
  targets: { hostIds: ['01890000-0000-7000-8000-000000000000'] },
};

export const commandDraft = z.object({ ...what, targets }).superRefine(judge);
export type CommandDraft = z.infer<typeof commandDraft>;

export const newCommand = z
  .object({
    ...what,
    targets,
    timeoutSeconds: fromText(z.int().min(1).max(LONGEST_TIMEOUT_SECONDS))
      .default(HOUR_SECONDS)
      .meta({ description: 'How long it may run on a host. An hour when left out.' }),
    expiresAt: z.iso
      .datetime()
      .optional()
      .meta({
        description: 'Hosts that have not begun by then do not begin. In a day when left out, in 30 at the latest.',
        examples: ['2026-02-01T12:00:00.000Z'],
      }),
    targetCount: fromText(z.int().min(0))
      .optional()
      .meta({
        description: 'How many hosts it has to be. If it is another number by now, nothing is sent.',
        examples: [1],
      }),
  })
  .superRefine(judge);
export type NewCommand = z.infer<typeof newCommand>;

/** When it expires, of what was asked for. */
export function expiryOf({ expiresAt }: NewCommand, now: Date): Date {
  const wanted = expiresAt ? Date.parse(expiresAt) : now.getTime() + 24 * HOUR_SECONDS * 1000;
  return new Date(Math.min(wanted, now.getTime() + LONGEST_WAIT_SECONDS * 1000));
}

const counts = z
  .object(
    Object.fromEntries(RUN_STATES.map((state) => [state, z.int()])) as Record<(typeof RUN_STATES)[number], z.ZodInt>,
  )
  .meta({ description: 'How many of its runs that you may see are in each state.' });
export type RunCounts = z.infer<typeof counts>;

export const commandRow = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    kind: z.string().meta({ examples: ['restart_service'] }),
    parameters: z.record(z.string(), z.unknown()).meta({ examples: [{ service: 'nginx', action: 'restart' }] }),
    targets: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({
        description: 'As they were asked for; null for who does not see all hosts.',
        examples: [{ platform: 'linux' }],
      }),
    timeoutSeconds: z.int(),
    expiresAt: instant,
    createdAt: instant,
    author: textLike('operator@example.com'),
    savedCommand: z
      .object({
        id: z.string().nullable().meta({ format: 'uuid', description: 'Null when that is gone.' }),
        name: textLike('Restart the shop'),
      })
      .nullable()
      .meta({ description: 'Which one it was made of, as that was called then.' }),
    counts,
  })
  .meta({ id: 'Command' });
export type CommandRow = z.infer<typeof commandRow>;

export const commandPage = z.object({
  commands: z.array(commandRow),
  nextCursor,
  feed: textLike('mT0cVxN2b8mJ5i0sW1qk3A').meta({ description: 'For the live stream of pages.' }),
});

export const runRow = z
  .object({
    hostId: z.string().meta({ format: 'uuid' }),
    fqdn: textLike('web-01.example.com'),
    state: runState.meta({ id: 'RunState' }),
    exitCode: z.int().nullable(),
    signal: textLike('SIGTERM').nullable().meta({ description: 'What ended it, as its system names it.' }),
    reason: textLike('exit_code').nullable().meta({ description: 'Why it is as it is, where the state does not say.' }),
    detail: textLike('commands.forbidden')
      .nullable()
      .meta({ description: 'The same in the machine’s own words, in English.' }),
    said: agentWords,
    overruled: z
      .enum(['unknown', 'timed_out'])
      .nullable()
      .meta({ description: 'What it was taken for until the machine’s own word came, too late for its deadline.' }),
    isCancelRequested: z.boolean(),
    deadline: instant
      .nullable()
      .meta({ description: 'When its state ends if nothing else ends it; null when it is over.' }),
    sentAt: instant.nullable(),
    receivedAt: instant.nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    outputBytes: z.int().meta({ description: 'How much it has written; of more than is kept, the middle is missing.' }),
  })
  .meta({ id: 'Run' });
export type RunRow = z.infer<typeof runRow>;

export const runPage = z.object({ runs: z.array(runRow), nextCursor });
