import { textOf } from '../../forms/form-errors';
import { platforms } from '../../hosts/host-types';
import { hostQuery } from '../../hosts/list/list-query';
import { commandKinds, type CommandKind, runStates, type Targets } from '../command-types';
import { type FormField, inputName, readParameters } from './form-fields';
import { namesOfSecrets } from './typed-secrets';

/** What the form asks for besides the parameters. */
const NAMES = [
  ...(['on', 'platform', 'search', 'rule', 'fleetId', 'hostIds', 'timeoutSeconds', 'expiresInHours'] as const),
  // Of all hosts that a list showed: what its address said.
  'matching',
  // Of the hosts of an earlier command: which, in which states, and how many that were.
  ...(['runsOf', 'runsIn', 'runsCount'] as const),
];

/** To more hosts than these a command goes only when their number was typed, into this field. */
export const MOST_AT_ONCE = 10;
export const typedCount = 'typedCount';

/** Milliseconds an hour. */
const HOUR_MS = 3_600_000;

export const targetWays = ['all', 'platform', 'fleetId', 'filter', 'rule', 'hostIds', 'matching', 'runsOf'] as const;
export const lifetimes = ['1', '24', '168', '720'] as const;

/** What was typed, by the names of its fields, to be shown again: all but the values of secrets. */
export type Typed = Partial<Record<string, string>>;

export function typedIn(fields: readonly FormField[], form: FormData): Typed {
  const shown = fields.filter(({ shape }) => shape !== 'secret');
  const names = [...NAMES, ...shown.map(({ name }) => inputName(name))];
  const typed = Object.fromEntries(names.map((name) => [name, textOf(form, name)]));
  return Object.fromEntries(
    Object.entries({ ...typed, ...namesOfSecrets(fields, form) }).filter(([, value]) => value !== ''),
  );
}

export const readKind = (text: string | null): CommandKind =>
  commandKinds.find((one) => one === text) ?? 'restart_service';

/** Whose parameters the fields are. */
type What = { kind: CommandKind } | { savedCommandId: string; savedCommandVersion: number };

/** What is to be sent, as it was typed; the server judges all of it. */
export function readRunForm(what: What, fields: readonly FormField[], form: FormData, now: number) {
  const hours = lifetimes.find((one) => one === textOf(form, 'expiresInHours')) ?? '24';
  return {
    ...what,
    parameters: readParameters(fields, form),
    targets: readTargets(form),
    timeoutSeconds: Number(textOf(form, 'timeoutSeconds') || '3600'),
    expiresAt: new Date(now + Number(hours) * HOUR_MS).toISOString(),
  };
}

function readTargets(form: FormData): Targets {
  switch (textOf(form, 'on')) {
    case 'platform':
      return { platform: platforms.find((one) => one === textOf(form, 'platform')) };
    case 'fleetId':
      return { fleetId: textOf(form, 'fleetId') };
    case 'filter':
      return { filter: { search: textOf(form, 'search') } };
    case 'rule':
      return { filter: { filter: textOf(form, 'rule') } };
    case 'matching':
      return { filter: matchingIn(textOf(form, 'matching')) as NonNullable<Targets['filter']> };
    case 'runsOf': {
      const named = textOf(form, 'runsIn').split(' ');
      const states = runStates.filter((state) => named.includes(state));
      return { runsOf: { commandId: textOf(form, 'runsOf'), ...(states.length > 0 && { states }) } };
    }
    case 'hostIds':
      return {
        hostIds: textOf(form, 'hostIds')
          .split(/[\s,]+/)
          .filter(Boolean),
      };
    default:
      return { all: true };
  }
}

/** The filters of a list's address, as they are written there. */
export const matchingIn = (search: string) => hostQuery.written(new URLSearchParams(search));

/** The name of the field that an issue of the server is about. @param on how the hosts were chosen */
export function fieldAt(path: string, on: string | undefined): string {
  const [first, second, third] = path.split('.');
  if (first === 'parameters' && second) return inputName(second);
  if (first === 'targets' && second === 'filter' && on !== 'matching') return third === 'filter' ? 'rule' : 'search';
  if (first === 'targets') return second === 'platform' || second === 'fleetId' ? second : 'on';
  return first ?? '';
}
