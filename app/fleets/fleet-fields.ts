import { errorsFrom, type FieldCodes, type FormErrors, textOf } from '../forms/form-errors';
import { asProblem } from '../forms/problem';
import type { RuleFault } from '../rules/rule-fault';

type FleetField = 'name' | 'description' | 'tags' | 'rule';
export type TypedFleet = Record<FleetField, string>;

export const fleetIds = { name: 'name', description: 'description', tags: 'tags', rule: 'rule' } as const;
const words = {
  name: 'fleet.nameNeeded',
  description: 'fleet.descriptionWrong',
  tags: 'enrolment.tagsWrong',
  rule: 'fleet.ruleWrong',
} as const;
const codes: FieldCodes<FleetField> = { 'fleet.name_taken': { name: 'fleet.nameTaken' } };

/** The form as it was sent. */
export const fleetOf = (form: FormData): TypedFleet => ({
  name: textOf(form, 'name').trim(),
  description: textOf(form, 'description').trim(),
  tags: textOf(form, 'tags').trim(),
  rule: textOf(form, 'rule').trim(),
});

/** What a form that was refused shows: what was typed, and what is wrong with it. */
export interface RefusedFleet {
  typed: TypedFleet;
  errors: FormErrors<FleetField>;
  /** Of the rule, and where. */
  fault: RuleFault | null;
}

export function refusedFleet(thrown: unknown, form: FormData): RefusedFleet {
  const fault = asProblem(thrown).issues.find(({ rule }) => rule)?.rule ?? null;
  return { typed: fleetOf(form), errors: errorsFrom(thrown, words, codes), fault };
}

/** The same of a form that got no answer. */
export const unansweredFleet = (errors: FormErrors<FleetField>, form: FormData): RefusedFleet => ({
  typed: fleetOf(form),
  errors,
  fault: null,
});
