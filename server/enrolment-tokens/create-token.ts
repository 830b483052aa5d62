import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { writeEnrolmentToken } from '../../agent/enrolment-token';
import { parseServerAddress } from '../../agent/server-address';
import type { Transaction } from '../../db/client';
import { enrolmentTokens } from '../../db/schema';
import { type Actor, recordAudit } from '../audit/record-audit';
import type { Authority } from '../certificates/authority/authority';
import { AppError } from '../errors';
import { lockFleet } from '../fleets/write-fleet';
import { tags } from '../hosts/tags/tag-schema';
import { fromText } from '../rest/schema';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { logAct } from '../log';
import { holdActor } from '../users/hold-user';
import { hashCredential } from './spend-token';
import { saying } from '../../words/explain-issue';
import { saidBy } from '../../words/said-error';

const HOUR_MS = 60 * 60 * 1000;
const MOST_PINS = 8;

const serverAddress = z
  .string()
  .max(300)
  .meta({ examples: ['https://sysmanage.example.com:6443'] })
  .transform((text, ctx) => {
    try {
      return parseServerAddress(text.trim());
    } catch (error) {
      ctx.addIssue({ code: 'custom', ...saying(saidBy(error)) });
      return z.NEVER;
    }
  });

export const newToken = z.object({
  name: storableText(100)
    .trim()
    .min(1)
    .meta({ examples: ['Rack 4'] }),
  expiresInHours: fromText(z.number().int().min(1).max(8760)),
  /** Null for any number of machines. */
  maxUses: fromText(z.number().int().min(1).max(1_000_000).nullable()),
  tags: tags.default([]),
  fleetId: z.uuid().nullable().default(null).meta({ description: 'The fleet that its hosts are listed in.' }),
  /** Lets its machines in without a person's look. Off, they wait as all others do. */
  autoApprove: fromText(z.boolean()),
  /** Where the machines find this server: `https://HOST[:PORT]`, the best first. */
  servers: z.array(serverAddress).min(1).max(8),
});

type NewToken = z.infer<typeof newToken>;
interface CreatedToken {
  id: string;
  token: string;
}

/**
 * Makes an enrolment token. Its text is in this answer and nowhere else: the row holds a hash. One that approves lets
 * hosts in, and one with a fleet changes who is in it, so that whoever makes it must be allowed to: an API key may have
 * this permission alone. Throws `auth.forbidden`, `auth.required`, `fleet.not_found`.
 */
export async function createToken(ctx: SignedIn, token: NewToken): Promise<CreatedToken> {
  const { user, permissions } = ctx.session;
  if (token.autoApprove && !permissions.has('hosts.approve')) throw new AppError('auth.forbidden');
  if (token.fleetId && !permissions.has('fleets.manage')) throw new AppError('auth.forbidden');
  const created = await ctx.db.transaction(async (tx) => {
    // Of whoever is being shut out at this moment it would be missed, and let their machines in.
    await holdActor(tx, ctx, 'enrolment.manage');
    return insertToken(tx, ctx, token, user.id);
  });
  const { name, tags, autoApprove, maxUses } = token;
  logAct(ctx, { tokenId: created.id, name, tags, autoApprove, maxUses }, 'enrolment token created');
  return created;
}

/** The same for whoever is at the server's own files, and needs nobody's leave. */
export const createTokenFromServer = ({ db, ...who }: Pick<Services, 'db'> & Maker, token: NewToken) =>
  db.transaction((tx) => insertToken(tx, who, token, null));

type Maker = Actor & { authority: Pick<Authority, 'pin' | 'pins'> };

async function insertToken(
  tx: Transaction,
  { authority, ...who }: Maker,
  { servers, expiresInHours, ...properties }: NewToken,
  createdBy: string | null,
): Promise<CreatedToken> {
  if (properties.fleetId) await lockFleet(tx, properties.fleetId);
  const credential = randomBytes(32).toString('base64url');
  // The CA that signs now first; the others for as long as one follows another.
  const pins = [...new Set([authority.pin, ...authority.pins])].slice(0, MOST_PINS);
  const expiresAt = new Date(Date.now() + expiresInHours * HOUR_MS);
  const [row] = await tx
    .insert(enrolmentTokens)
    .values({ ...properties, hash: hashCredential(credential), expiresAt, createdBy })
    .returning({ id: enrolmentTokens.id });
  const { name, ...after } = properties;
  await recordAudit(tx, who, {
    action: 'enrolmentToken.create',
    object: { kind: 'enrolmentToken', id: row!.id, label: name },
    after: { ...after, expiresAt },
  });
  return { id: row!.id, token: writeEnrolmentToken({ servers, pins, credential }) };
}
