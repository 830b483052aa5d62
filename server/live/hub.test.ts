import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Session } from '../auth/session';
import { sessionOf } from '../testing';
import { createHub } from './hub';
import type { Batch, Interest } from './page';
import type { Source } from './topic';
import type { Written } from './written';

interface Thing {
  name: string;
  size?: number;
}

interface Given {
  now?: () => number;
  confirmMs?: number;
  judgeMs?: number;
  sightVersion?: () => Promise<number>;
  source?: Partial<Source<Thing>>;
}

/** A hub with one topic, whose things are what `rows` says, and how often they were read. */
function start({ now, confirmMs, judgeMs, sightVersion = async () => 1, source }: Given = {}) {
  const rows = new Map<string, Thing>();
  const reads: string[][] = [];
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void logged.push(line) });
  const hub = createHub({
    log,
    sightVersion,
    ...(now && { now }),
    ...(confirmMs && { confirmMs }),
    ...(judgeMs && { judgeMs }),
  });
  const things = hub.register<Thing>('things', {
    permission: 'hosts.read',
    isKey: (key) => key !== 'no key',
    visibleTo: async (_session, keys) => keys,
    async read(keys) {
      reads.push(keys);
      return new Map(keys.flatMap((key) => (rows.has(key) ? [[key, { ...rows.get(key)! }]] : [])));
    },
    ...source,
  });
  const change = (key: string, thing: Thing, isNews = false) => {
    rows.set(key, thing);
    things.stale(key, { isNews });
  };

  function open(session: Session = sessionOf()) {
    const page = hub.open(session);
    const stop = new AbortController();
    onTestFinished(() => page.close());
    const stream = page.stream(stop.signal);
    let number = 0;
    return {
      page,
      stop,
      async next(): Promise<Batch | undefined> {
        const { value, done } = await stream.next();
        return done ? undefined : (JSON.parse(value.json) as Batch);
      },
      watch: (keys: string[], given: Partial<Interest> = {}) =>
        page.watch(++number, [{ topic: 'things', keys, news: false, since: hub.cursor(), ...given }]),
    };
  }
  return { hub, rows, reads, logged, things, change, open };
}

const value = (key: string, thing: Thing) => ({ topic: 'things', kind: 'value', key, value: thing });
const patch = (key: string, fields: Partial<Thing>) => ({ topic: 'things', kind: 'patch', key, patch: fields });

test('what the event says is sent without a read, several changes of a key as one', async () => {
  const { things, reads, open } = start();
  const page = open();
  await page.watch(['a', 'b']);
  things.patch('a', { size: 1 });
  things.patch('a', { size: 2 });
  things.patch('b', { name: 'B' });
  things.patch('unwatched', { size: 3 });
  expect((await page.next())!.changes).toEqual([patch('a', { size: 2 }), patch('b', { name: 'B' })]);
  expect(reads).toEqual([]);
});

test('what has to be read is read once, however many pages want it, and not at all when none does', async () => {
  const { reads, change, open } = start();
  const pages = Array.from({ length: 20 }, () => open());
  await Promise.all(pages.map((page) => page.watch(['a', 'b'])));
  change('a', { name: 'A' });
  change('b', { name: 'B' });
  change('nobody’s', { name: '-' });
  const batches = await Promise.all(pages.map((page) => page.next()));
  for (const batch of batches) expect(batch!.changes).toEqual([value('a', { name: 'A' }), value('b', { name: 'B' })]);
  expect(reads).toEqual([['a', 'b']]);
});

test('a page goes on from its data, and after an interruption from its last batch', async () => {
  const { hub, change, open } = start();
  const since = hub.cursor();
  change('a', { name: 'A' });
  const page = open();
  await page.watch(['a', 'b'], { since });
  const first = (await page.next())!;
  expect(first).toMatchObject({ watch: 1, changes: [value('a', { name: 'A' })] });
  page.page.close();

  change('b', { name: 'B' });
  const again = open();
  await again.watch(['a', 'b'], { since: first.cursor });
  expect((await again.next())!.changes).toEqual([value('b', { name: 'B' })]);
});

test('what is watched changes without another stream', async () => {
  const { things, open } = start();
  const page = open();
  await page.watch(['a']);
  await page.watch(['b']);
  things.patch('a', { size: 1 });
  things.patch('b', { size: 1 });
  expect(await page.next()).toMatchObject({ watch: 2, changes: [patch('b', { size: 1 })] });
});

test('of two watches on the way the later counts, whichever is judged first', async () => {
  let judged = (_keys: readonly string[]) => {};
  const isFirst = (keys: readonly string[]) => keys.includes('a');
  const { things, open } = start({
    source: {
      visibleTo: async (_session, keys) =>
        isFirst(keys) ? new Promise<readonly string[]>((resolve) => (judged = resolve)) : keys,
    },
  });
  const page = open();
  const first = page.watch(['a']);
  await page.watch(['b']);
  judged(['a']);
  await first;
  things.patch('a', { size: 1 });
  things.patch('b', { size: 1 });
  expect(await page.next()).toMatchObject({ watch: 2, changes: [patch('b', { size: 1 })] });
});

test('a read that began before a patch does not undo it', async () => {
  const rows = new Map([['a', { name: 'old' }]]);
  const pending: (() => void)[] = [];
  const { things, open } = start({
    source: {
      read: async (keys) => {
        const found = new Map(keys.map((key) => [key, { ...rows.get(key)! }]));
        await new Promise<void>((resolve) => pending.push(resolve));
        return found;
      },
    },
  });
  const page = open();
  await page.watch(['a']);
  things.stale('a');
  await expect.poll(() => pending.length).toBe(1);
  rows.set('a', { name: 'new' });
  things.patch('a', { name: 'new' });
  pending[0]!();
  expect((await page.next())!.changes).toEqual([patch('a', { name: 'new' })]);
  await expect.poll(() => pending.length).toBe(2);
  pending[1]!();
  expect((await page.next())!.changes).toEqual([value('a', { name: 'new' })]);
});

test('no cursor goes beyond what is still being read', async () => {
  let answer = () => {};
  let wait: Promise<void> | null = new Promise((resolve) => (answer = resolve));
  const { things, change, open } = start({
    source: {
      async read(keys) {
        await wait;
        return new Map(keys.map((key) => [key, { name: key }]));
      },
    },
  });
  const page = open();
  await page.watch(['slow', 'b']);
  change('slow', { name: 'slow' });
  things.patch('b', { size: 1 });
  const before = (await page.next())!;
  expect(before.changes).toEqual([patch('b', { size: 1 })]);
  answer();
  wait = null;
  const after = (await page.next())!;
  expect(after.changes).toEqual([value('slow', { name: 'slow' })]);

  const [early, late] = [open(), open()];
  await early.watch(['slow'], { since: before.cursor });
  expect((await early.next())!.changes).toEqual([value('slow', { name: 'slow' })]);
  await late.watch(['slow'], { since: after.cursor });
  things.patch('slow', { size: 2 });
  expect((await late.next())!.changes).toEqual([patch('slow', { size: 2 })]);
});

// Whoever sees one host has cursors, too: as numbers they told how much happens to all the others.
test('cursors say nothing to whoever gets them, not even whether anything changed between two', () => {
  const { hub, things } = start();
  const still = Array.from({ length: 100 }, () => hub.cursor());
  for (let n = 0; n < 1000; n++) things.patch(`${n}`, { size: n });
  const moved = Array.from({ length: 100 }, () => hub.cursor());
  const all = [...still, ...moved];
  expect(new Set(all).size).toBe(all.length);
  // And none has a part that another has in the same place, as a name or the high digits of a number would be.
  const starts = new Set(all.map((cursor) => cursor.slice(0, 8)));
  const ends = new Set(all.map((cursor) => cursor.slice(-8)));
  expect([starts.size, ends.size]).toEqual([all.length, all.length]);
});

test('a read that failed is told of, and tried again until it is told', async () => {
  let isAway = true;
  const { change, logged, open } = start({
    source: {
      read: async (keys) => {
        if (isAway) throw new Error('away');
        return new Map(keys.map((key) => [key, { name: key }]));
      },
    },
  });
  const page = open();
  await page.watch(['a']);
  change('a', { name: 'a' });
  await expect.poll(() => logged.length).toBe(1);
  isAway = false;
  expect((await page.next())!.changes).toEqual([value('a', { name: 'a' })]);
});

test('news reaches whoever wants news, and is followed from then on; the oldest of very many is not', async () => {
  const { things, change, open } = start();
  const [page, other] = [open(), open()];
  await page.watch([], { news: true });
  await other.watch(['x']);
  change('new', { name: 'N' }, true);
  things.patch('x', { size: 1 });
  expect((await page.next())!.changes).toEqual([value('new', { name: 'N' })]);
  expect((await other.next())!.changes).toEqual([patch('x', { size: 1 })]);
  things.patch('new', { size: 2 });
  expect((await page.next())!.changes).toEqual([patch('new', { size: 2 })]);

  for (let i = 0; i < 200; i++) {
    change(`later ${i}`, { name: '-' }, true);
    if (i % 100 === 99) expect((await page.next())!.changes).toHaveLength(100);
  }
  things.patch('new', { size: 3 });
  things.patch('later 0', { size: 3 });
  expect((await page.next())!.changes).toEqual([patch('later 0', { size: 3 })]);
});

test('news of hundreds at once, or missed, is not told one by one: the page loads its data again', async () => {
  const { hub, change, open } = start();
  const since = hub.cursor();
  const page = open();
  await page.watch(['new 7'], { news: true });
  for (let i = 0; i < 101; i++) change(`new ${i}`, { name: '-' }, true);
  const told = { isTooLate: true, changes: [value('new 7', { name: '-' })] };
  expect(await page.next(), 'what it shows is told all the same').toMatchObject(told);
  const late = open();
  await late.watch([], { news: true, since });
  expect(await late.next()).toMatchObject({ isTooLate: true });
});

test('what was to be read for a page is not told when it shows something else', async () => {
  const { hub, change, things, open } = start();
  const since = hub.cursor();
  change('a', { name: 'A' });
  const page = open();
  await page.watch(['a'], { since });
  await page.watch(['b']);
  // Told after everything that was to be read.
  await expect.poll(() => things.patch('b', { size: 1 })).toBeUndefined();
  expect((await page.next())!.changes).toEqual([patch('b', { size: 1 })]);
});

test('what is gone is told to those who show it; of what nobody has heard nothing is said', async () => {
  const { hub, things, change, rows, open } = start();
  const since = hub.cursor();
  const page = open();
  await page.watch(['a'], { news: true });
  things.gone('a');
  change('brief', { name: '-' }, true);
  rows.delete('brief');
  change('new', { name: 'N' }, true);
  const told = [...(await page.next())!.changes, ...(await page.next())!.changes];
  expect(told).toEqual([{ topic: 'things', kind: 'gone', key: 'a' }, value('new', { name: 'N' })]);

  const late = open();
  await late.watch(['a'], { since });
  expect((await late.next())!.changes).toEqual([{ topic: 'things', kind: 'gone', key: 'a' }]);
});

test('nobody hears of what they may not see: as watched, as news, or as missed', async () => {
  const seen: Record<string, string[]> = { 'a@example.com': ['a', 'n1'], 'b@example.com': ['b', 'n2'] };
  const { hub, things, change, open } = start({
    source: { visibleTo: async ({ user }, keys) => keys.filter((key) => seen[user.email]!.includes(key)) },
  });
  const since = hub.cursor();
  const told = async (email: string, at: string) => {
    const page = open(sessionOf({ email }));
    await page.watch(['a', 'b'], { news: true, since: at });
    return page;
  };
  const pages = [await told('a@example.com', since), await told('b@example.com', since)];
  const tell = ({ kind, key }: { kind: string; key: string }) => `${kind} ${key}`;
  const heard = () => Promise.all(pages.map(async (page) => (await page.next())!.changes.map(tell)));
  expect(await heard()).toEqual([['gone b'], ['gone a']]);
  for (const key of ['a', 'b']) things.patch(key, { size: 1 });
  expect(await heard()).toEqual([['patch a'], ['patch b']]);
  for (const key of ['a', 'b']) change(key, { name: key });
  for (const key of ['n1', 'n2']) change(key, { name: key }, true);
  expect(await heard()).toEqual([
    ['value a', 'value n1'],
    ['value b', 'value n2'],
  ]);

  pages.push(await told('b@example.com', since));
  pages.splice(0, 2);
  expect(await heard()).toEqual([['gone a']]);
  expect(await heard()).toEqual([['value b', 'value n2']]);
});

test('a page without the permission, of an unknown topic or key is refused, and watches what it did', async () => {
  const { things, open } = start();
  const powerless = open({ ...sessionOf(), permissions: new Set() });
  const page = open();
  await page.watch(['a']);
  await expect(page.watch(['no key'])).rejects.toMatchObject({ appCode: 'input.invalid' });
  await expect(page.watch(['a'], { topic: 'nothing' })).rejects.toMatchObject({ appCode: 'input.invalid' });
  await expect(powerless.watch(['a'])).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  things.patch('a', { size: 1 });
  expect((await page.next())!.changes).toEqual([patch('a', { size: 1 })]);
});

test('a page that was away longer than is remembered loads again, and what it shows is read for it', async () => {
  let minutes = 0;
  const { hub, rows, change, things, open } = start({ now: () => minutes * 60_000 });
  rows.set('a', { name: 'A' });
  const old = hub.cursor();
  for (; minutes < 13; minutes++) things.patch('b', { size: minutes });
  const recent = hub.cursor();
  change('b', { name: 'B' });
  const ofAnother = start().hub.cursor();
  const altered = (recent.startsWith('A') ? 'B' : 'A') + recent.slice(1);
  for (const since of [old, ofAnother, altered, `${recent}AAAA`, recent.slice(4), 'x', '']) {
    const page = open();
    await page.watch(['a'], { since });
    expect(await page.next(), since).toMatchObject({ isTooLate: true });
    expect((await page.next())!.changes, since).toEqual([value('a', { name: 'A' })]);
    page.page.close();
  }
  const page = open();
  await page.watch(['a', 'b'], { since: recent });
  expect(await page.next()).toMatchObject({ changes: [value('b', { name: 'B' })] });
});

test('what is kept is compared with the rows once in a while', async () => {
  let confirmed = 0;
  const { open } = start({ confirmMs: 5, source: { confirm: async () => void confirmed++ } });
  open();
  await expect.poll(() => confirmed).toBeGreaterThan(2);
});

test('a stream ends with its page, with its signal, and when the page opens another', async () => {
  const { things, open } = start();
  const page = open();
  await page.watch(['a']);
  const first = page.next();
  const stop = new AbortController();
  const second = page.page.stream(stop.signal);
  const told = second.next();
  expect(await first).toBeUndefined();
  things.patch('a', { size: 1 });
  expect(JSON.parse(((await told) as IteratorYieldResult<Written<Batch>>).value.json)).toMatchObject({
    changes: [patch('a', { size: 1 })],
  });
  const rest = second.next();
  stop.abort();
  expect((await rest).done).toBe(true);

  const other = open();
  const end = other.next();
  other.page.close();
  expect(await end).toBeUndefined();
});

test('what comes into sight is news to who sees some, and what leaves it is gone, and heard of no more', async () => {
  const seen = new Set(['a']);
  let asked = 0;
  const { things, change, rows, open } = start({
    source: {
      visibleTo: async ({ user }, keys) => {
        asked++;
        return user.email === 'all@example.com' ? keys : keys.filter((key) => seen.has(key));
      },
    },
  });
  for (const key of ['a', 'b']) rows.set(key, { name: key });
  const onSome = { permissions: new Set<never>(), onSome: new Set(['hosts.read' as const]) };
  const some = open({ ...sessionOf({ email: 'some@example.com' }), ...onSome });
  const all = open(sessionOf({ email: 'all@example.com' }));
  await some.watch(['a', 'b'], { news: true });
  await all.watch(['a', 'b'], { news: true });
  const tell = (batch: Awaited<ReturnType<typeof some.next>>) =>
    batch!.changes.map(({ kind, key }) => `${kind} ${key}`);
  expect(tell(await some.next())).toEqual(['gone b']);

  seen.add('b').delete('a');
  for (const key of ['a', 'b']) things.moved(key);
  expect(tell(await some.next()).sort()).toEqual(['gone a', 'value b']);
  for (const key of ['a', 'b']) things.patch(key, { size: 1 });
  expect(tell(await some.next())).toEqual(['patch b']);
  expect(tell(await all.next()), 'who sees all hears of nothing that moved').toEqual(['patch a', 'patch b']);

  // Nobody said that it moved: whoever sees some is judged whenever something is read for them.
  seen.delete('b');
  change('b', { name: 'B' });
  expect(tell(await some.next())).toEqual(['gone b']);
  expect(tell(await all.next())).toEqual(['value b']);
  const before = asked;
  things.moved('c');
  some.page.close();
  things.moved('c');
  things.patch('a', { size: 2 });
  expect(tell(await all.next())).toEqual(['patch a']);
  expect(asked, 'with nobody to judge nothing is asked').toBe(before);
});

const ON_SOME = { permissions: new Set<never>(), onSome: new Set(['hosts.read' as const]) };

test('what leaves the sight of who sees some is gone, also when nobody here says that it moved', async () => {
  const seen = new Set(['a', 'b']);
  const asked: string[] = [];
  let [version, looks] = [1, 0];
  const { things, rows, open } = start({
    judgeMs: 5,
    sightVersion: async () => {
      looks++;
      return version;
    },
    source: {
      visibleTo: async ({ user }, keys) => {
        asked.push(`${user.email} ${keys.join()}`);
        return user.email === 'all@example.com' ? keys : keys.filter((key) => seen.has(key));
      },
    },
  });
  for (const key of ['a', 'b']) rows.set(key, { name: key });
  const all = open(sessionOf({ email: 'all@example.com' }));
  await all.watch(['a', 'b']);
  const some = open({ ...sessionOf({ email: 'some@example.com' }), ...ON_SOME });
  await some.watch(['a', 'b']);
  asked.length = 0;
  const looked = async (more: number) => {
    const before = looks;
    await expect.poll(() => looks - before).toBeGreaterThan(more);
  };
  await looked(2);
  // What it began to show was judged before it did.
  expect(new Set(asked), 'of who sees some alone, all keys at once').toEqual(new Set(['some@example.com a,b']));
  const before = asked.length;
  await looked(3);
  expect(asked, 'nothing changed by which they see').toHaveLength(before);
  // As another process has it.
  seen.delete('a');
  version++;
  expect((await some.next())!.changes).toEqual([{ topic: 'things', kind: 'gone', key: 'a' }]);
  for (const key of ['a', 'b']) things.patch(key, { size: 1 });
  expect((await some.next())!.changes).toEqual([patch('b', { size: 1 })]);
  expect((await all.next())!.changes).toEqual([patch('a', { size: 1 }), patch('b', { size: 1 })]);
});

test('what changed while a page began to show it is found, though its version was looked at already', async () => {
  const seen = new Set(['a', 'b']);
  let [looks, letGo] = [0, () => {}];
  let held: Promise<void> | null = null;
  const { open } = start({
    judgeMs: 5,
    sightVersion: async () => ++looks && 1,
    source: {
      async visibleTo(_session, keys) {
        const found = keys.filter((key) => seen.has(key));
        await held;
        return found;
      },
    },
  });
  const session = { ...sessionOf(), ...ON_SOME };
  await open(session).watch(['b']);
  const looked = async () => {
    const before = looks;
    await expect.poll(() => looks - before).toBeGreaterThan(2);
  };
  await looked();
  held = new Promise<void>((resolve) => (letGo = resolve));
  const page = open(session);
  const watching = page.watch(['a']);
  seen.delete('a');
  await looked();
  held = null;
  letGo();
  await watching;
  expect((await page.next())!.changes).toEqual([{ topic: 'things', kind: 'gone', key: 'a' }]);
});

test('sight that cannot be looked at is told of, and judged as soon as it can be', async () => {
  const seen = new Set(['a']);
  let isAway = false;
  const { logged, open } = start({
    judgeMs: 5,
    sightVersion: async () => {
      if (isAway) throw new Error('away');
      return seen.size;
    },
    source: { visibleTo: async (_session, keys) => keys.filter((key) => seen.has(key)) },
  });
  const page = open({ ...sessionOf(), ...ON_SOME });
  await page.watch(['a']);
  isAway = true;
  seen.clear();
  await expect.poll(() => logged.length).toBeGreaterThan(0);
  isAway = false;
  expect((await page.next())!.changes).toEqual([{ topic: 'things', kind: 'gone', key: 'a' }]);
});

test('who sees some is told of no crowd of which they see nothing, and of theirs one by one', async () => {
  const seen = new Set(['mine', 'new 7', 'new 8']);
  const { hub, things, change, open } = start({
    source: {
      visibleTo: async ({ user }, keys) =>
        user.email === 'all@example.com' ? keys : keys.filter((key) => seen.has(key)),
    },
  });
  const since = hub.cursor();
  const some = open({ ...sessionOf({ email: 'some@example.com' }), ...ON_SOME });
  const all = open(sessionOf({ email: 'all@example.com' }));
  await some.watch(['mine'], { news: true });
  await all.watch([], { news: true });
  for (let i = 0; i < 150; i++) change(`new ${i}`, { name: '-' }, true);
  expect(await all.next()).toMatchObject({ isTooLate: true });
  const tell = ({ kind, key }: { kind: string; key: string }) => `${kind} ${key}`;
  const heard = (await some.next())!;
  expect(heard.isTooLate).toBeUndefined();
  expect(heard.changes.map(tell)).toEqual(['value new 7', 'value new 8']);

  const late = open({ ...sessionOf({ email: 'some@example.com' }), ...ON_SOME });
  await late.watch(['mine'], { news: true, since });
  const missed = (await late.next())!;
  expect([missed.isTooLate, ...missed.changes.map(tell).sort()]).toEqual([undefined, 'value new 7', 'value new 8']);

  // As when a rule lets a whole fleet into another.
  for (let i = 0; i < 150; i++) things.moved(`new ${i}`);
  things.patch('mine', { size: 1 });
  const quiet = (await late.next())!;
  expect([quiet.isTooLate, ...quiet.changes.map(tell)]).toEqual([undefined, 'patch mine']);

  for (let i = 200; i < 350; i++) {
    seen.add(`new ${i}`);
    things.moved(`new ${i}`);
  }
  expect((await hearCrowd(late)).isTooLate).toBe(true);
});

test('the very same value is not told twice, but to who says anew what it shows', async () => {
  const one = { name: 'one' };
  const { things, open } = start({ source: { read: async (keys) => new Map(keys.map((key) => [key, one])) } });
  const page = open();
  await page.watch(['a', 'b']);
  things.stale('a');
  expect((await page.next())!.changes).toEqual([value('a', one)]);
  for (const key of ['a', 'b']) things.stale(key);
  expect((await page.next())!.changes).toEqual([value('b', one)]);
  things.patch('a', { size: 1 });
  expect((await page.next())!.changes).toEqual([patch('a', { size: 1 })]);
  things.stale('a');
  expect((await page.next())!.changes, 'it has another since').toEqual([value('a', one)]);
  await page.watch(['a', 'b']);
  things.stale('a');
  expect((await page.next())!.changes, 'it may have loaded another').toEqual([value('a', one)]);
});

test('of a crowd nobody is asked for more than it takes to know that it is one', async () => {
  const asked = new Map<string, number>();
  const { change, open } = start({
    source: {
      visibleTo: async ({ user }, keys) => {
        asked.set(user.email, (asked.get(user.email) ?? 0) + keys.length);
        return user.email === 'most@example.com' ? keys : keys.filter((key) => key === 'new 899');
      },
    },
  });
  const [most, few] = ['most', 'few'].map((name) =>
    open({ ...sessionOf({ id: name, email: `${name}@example.com` }), ...ON_SOME, id: name }),
  ) as [ReturnType<typeof open>, ReturnType<typeof open>];
  for (const page of [most, few]) await page.watch([], { news: true });
  for (let i = 0; i < 900; i++) change(`new ${i}`, { name: '-' }, true);
  await hearCrowd(most);
  expect((await few.next())!.changes.map(({ key }) => key)).toEqual(['new 899']);
  expect(asked.get('most@example.com')).toBe(101);
  // And once more of what it is told.
  expect(asked.get('few@example.com')).toBe(900 + 1);
});

/** Until it is told of one. */
async function hearCrowd(page: { next(): Promise<Batch | undefined> }): Promise<Batch> {
  for (;;) {
    const batch = (await page.next())!;
    if (batch.isTooLate) return batch;
  }
}
