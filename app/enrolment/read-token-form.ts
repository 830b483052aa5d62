import { textOf } from '../forms/form-errors';

export const fields = ['name', 'servers', 'expiresInHours', 'maxUses', 'tags', 'fleetId', 'autoApprove'] as const;
export type Field = (typeof fields)[number];
export type Typed = Record<Field, string>;

/** Hours: an hour, a day, a week, 30 days, a year. */
export const lifetimes = ['1', '24', '168', '720', '8760'] as const;

/** What was typed, to be shown again when it is refused. */
export const typedIn = (form: FormData) =>
  Object.fromEntries(fields.map((field) => [field, textOf(form, field)])) as Typed;

/** What was typed, as the procedure takes it. What it cannot mean is left for the procedure to refuse. */
export function readTokenForm(typed: Typed) {
  return {
    name: typed.name,
    servers: listOf(typed.servers).map((address) => (address.includes('://') ? address : `https://${address}`)),
    expiresInHours: Number(typed.expiresInHours),
    maxUses: typed.maxUses.trim() === '' ? null : Number(typed.maxUses),
    tags: listOf(typed.tags),
    fleetId: typed.fleetId || null,
    autoApprove: typed.autoApprove === 'on',
  };
}

/** With spaces between, or commas as any keyboard has them. */
const listOf = (text: string) => text.split(/[,،、，\s]+/).filter(Boolean);
