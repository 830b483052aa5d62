import { asc, sql } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { auditRecords, auditRefusals } from '../../db/schema';
import { createGroupCommit } from '../process/group-commit';
import { findSecret } from '../process/secret';
import { testServices } from '../testing';
import type { Refused } from './refusals';
import { createAuditTrail } from './trail';

let services: Awaited<ReturnType<typeof testServices>>;
let secret: string;

beforeEach(async () => {
  services = await testServices();
  secret = (await findSecret(services.config))!;
});

/** Another process with the same database. It stops by dying: nothing of it is written after the test. */
const startAnother = () => createAuditTrail({ ...services, writer: createGroupCommit(), secret });

const whenItEnds = () => new Date(Date.now() + 11 * 60_000);

async function records() {
  await services.audit.seal();
  return services.db.select().from(auditRecords).orderBy(asc(auditRecords.sequence));
}

const repeatedOf = ({ after }: { after: unknown }) => (after as { repeated?: number } | null)?.repeated;
const told = async () =>
  (await records()).map((record) => [record.actorLabel, record.address, repeatedOf(record) ?? 'first']);
/** How many attempts the records tell of. */
const attempts = async () => (await records()).reduce((sum, record) => sum + (repeatedOf(record) ?? 1), 0);

const stranger = (label: string, address = label): Refused => ({
  entry: {
    action: 'user.signIn',
    outcome: 'refused',
    code: 'auth.credentials',
    actor: { kind: 'person', id: null, label },
  },
  address,
});
const person = (email: string, n: number, action: 'host.revoke' | 'user.delete' = 'host.revoke'): Refused => ({
  entry: {
    ...{
      action,
      outcome: 'refused',
      code: 'auth.forbidden',
      actor: { kind: 'person', id: `id of ${email}`, label: email },
    },
    object: { kind: 'host', id: `host-${n}`, label: null },
  },
  address: '192.0.2.1',
  userId: `id of ${email}`,
});

async function hide(table: string): Promise<() => Promise<unknown>> {
  const rename = (from: string, to: string) =>
    services.db.execute(sql`alter table ${sql.identifier(from)} rename to ${sql.identifier(to)}`);
  await rename(table, 'hidden');
  let isHidden = true;
  const show = async () => {
    if (isHidden) await rename('hidden', table);
    isHidden = false;
  };
  onTestFinished(show);
  return show;
}

test('the first is on record at once, with all there is to know, and how often it was repeated when the window ends', async () => {
  const { note, tell } = services.audit.refusals;
  for (let i = 0; i < 5; i++) await note(person('eve', 1));
  const first = {
    action: 'host.revoke',
    outcome: 'refused',
    code: 'auth.forbidden',
    actorLabel: 'eve',
    objectId: 'host-1',
    address: '192.0.2.1',
  };
  expect(await records()).toMatchObject([{ ...first, after: null }]);
  await tell();
  expect(await records()).toHaveLength(1);
  await tell(whenItEnds());
  await tell(whenItEnds());
  expect(await records()).toMatchObject([first, { ...first, after: { repeated: 4 } }]);
  await note(person('eve', 1));
  expect((await told()).slice(2)).toEqual([['eve', '192.0.2.1', 'first']]);
  // One alone has no count.
  await tell(whenItEnds());
  expect(await records()).toHaveLength(3);
  expect(await services.db.select().from(auditRefusals)).toEqual([]);
});

test('several processes count together, and what one of them has counted is on record when it has died', async () => {
  const [one, other] = [startAnother(), startAnother()];
  await Promise.all([one, other].flatMap(({ refusals }) => [1, 2, 3].map(() => refusals.note(person('eve', 1)))));
  await Promise.all([one.refusals.flush(), other.refusals.flush()]);
  await Promise.all([services.audit, other].map(({ refusals }) => refusals.tell(whenItEnds())));
  expect(await told()).toEqual([
    ['eve', '192.0.2.1', 'first'],
    ['eve', '192.0.2.1', 5],
  ]);
});

test('whatever strangers try, the records stay few, and every attempt is in one', async () => {
  const { note, tell } = services.audit.refusals;
  for (let i = 0; i < 500; i++) await note(stranger(`${i}@example.com`, `192.0.2.${i % 250}`));
  await tell(whenItEnds());
  expect(await told()).toHaveLength(102);
  // The count says nothing of who: that is anybody's to choose.
  expect((await told()).at(-1)).toEqual([null, null, 399]);
  expect(await attempts()).toBe(500);
});

test.each([
  ['address', () => '192.0.2.1'],
  ['network', (n: number) => `2001:db8:0:1::${n.toString(16)}`],
])('one %s does not take the room of the others', async (_what, addressOf) => {
  const { note } = services.audit.refusals;
  for (let n = 0; n < 100; n++) await note(stranger(`name-${n}`, addressOf(n)));
  expect(await told()).toHaveLength(26);
  await note(stranger('ann', '2001:db8:0:2::1'));
  expect((await told()).at(-1)).toEqual(['ann', '2001:db8:0:2::1', 'first']);
});

test('whoever is signed in has room of their own, and past it is named too, at once, with what was tried', async () => {
  const { note, tell } = services.audit.refusals;
  for (const noisy of ['eve', 'mallory', 'trent', 'victor', 'walter'])
    for (let n = 0; n < 40; n++) await note(person(noisy, n));
  const before = (await records()).length;
  expect(before).toBe(5 * 26);
  await note(person('ann', 1));
  await note(person('eve', 99, 'user.delete'));
  await note(person('eve', 98, 'user.delete'));
  expect((await records()).slice(before)).toMatchObject([
    { action: 'host.revoke', actorLabel: 'ann', objectId: 'host-1' },
    { action: 'user.delete', actorLabel: 'eve', objectId: 'host-99', address: '192.0.2.1' },
  ]);
  await tell(whenItEnds());
  expect(await records()).toContainEqual(
    expect.objectContaining({
      action: 'user.delete',
      actorLabel: 'eve',
      objectId: null,
      address: null,
      after: { repeated: 1 },
    }),
  );
  expect(await attempts()).toBe(5 * 40 + 3);
});

test('while the database is away nothing is forgotten, and what is remembered does not grow', async () => {
  const { note, tell } = services.audit.refusals;
  const show = await hide('audit_refusal');
  const begun = new Date();
  for (let window = 0; window < 3; window++) {
    for (let n = 0; n < 200; n++)
      await note(stranger(`${window}-${n}@example.com`, `192.0.2.${n}`)).catch(() => undefined);
    await expect(tell(whenItEnds())).rejects.toThrow();
  }
  const shown = new Date();
  await show();
  await tell();
  const [first, ...others] = await records();
  expect(others).toHaveLength(100);
  expect(first!.actorLabel).toBe('0-0@example.com');
  // Its own time, and not that of the record.
  expect(first!.at >= begun && first!.at <= shown).toBe(true);
  await tell(whenItEnds());
  expect(await attempts()).toBe(600);
});

test('a record that cannot be written tells whoever notes it, and is written later', async () => {
  const show = await hide('audit_pending');
  await expect(services.audit.refusals.note(person('eve', 1))).rejects.toThrow();
  await show();
  await services.audit.refusals.flush();
  expect(await told()).toEqual([['eve', '192.0.2.1', 'first']]);
});

test('attempts whose commit was not heard of are counted once, together with those that came after them', async () => {
  let losses = 2;
  const transaction: typeof services.db.transaction = async (...given) => {
    const done = await services.db.transaction(...given);
    if (losses-- > 0) throw new Error('Connection terminated');
    return done;
  };
  const db = Object.assign(Object.create(services.db) as typeof services.db, { transaction });
  const { refusals } = createAuditTrail({ ...services, db, writer: createGroupCommit(), secret });
  await expect(refusals.note(person('eve', 1))).rejects.toThrow('Connection terminated');
  await refusals.note(person('eve', 1));
  await refusals.note(person('eve', 1));
  await expect(refusals.flush()).rejects.toThrow('Connection terminated');
  await refusals.flush();
  await services.audit.refusals.tell(whenItEnds());
  expect(await told()).toEqual([
    ['eve', '192.0.2.1', 'first'],
    ['eve', '192.0.2.1', 2],
  ]);
});

test('a count of what this server never refused is not put on record', async () => {
  await services.audit.refusals.note(person('eve', 1));
  await services.db.execute(sql`insert into audit_refusal
    select 'forged', 7, until, jsonb_set(counted, '{actorLabel}', '"ann"'), mac from audit_refusal`);
  await services.audit.refusals.tell(whenItEnds());
  expect(await told()).toEqual([['eve', '192.0.2.1', 'first']]);
  expect(services.logged).toContainEqual(
    expect.objectContaining({ level: 50, count: 1, msg: expect.stringContaining('did not write') }),
  );
});
