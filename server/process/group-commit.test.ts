import { expect, onTestFinished, test } from 'vitest';
import { createGroupCommit, Shed, type Worth } from './group-commit';

/** A row that the database never takes, as drizzle says it. */
const UNLUCKY = -13;
const unlucky = () => Object.assign(new Error('unlucky'), { cause: { code: '23514' } });

/** A writer whose lanes commit when they are told to, into lists; they fail while `fault` is set. */
function start({ most = 3, capacity = 10, retryMs = 3_600_000 } = {}) {
  const writer = createGroupCommit({ most, capacity, retryMs, everyMs: 3_600_000 });
  onTestFinished(() => writer.stop());
  const makeLane = (worth: Worth) => {
    const db = {
      committed: [] as number[],
      slices: [] as number[],
      failures: [] as unknown[],
      fault: null as Error | null,
    };
    const lane = writer.lane<number>({
      worth,
      async commit(rows) {
        await Promise.resolve();
        if (db.fault) throw db.fault;
        if (rows.includes(UNLUCKY)) throw unlucky();
        db.slices.push(rows.length);
        db.committed = db.committed.concat(rows);
      },
      onFailure: (error) => db.failures.push(error),
    });
    return { ...lane, db };
  };
  return { writer, makeLane };
}

test('rows are committed in their order, in slices, and each is told when it is', async () => {
  const { db, add, flush, size } = start({ most: 10 }).makeLane('fact');
  const told: number[] = [];
  const rows = Array.from({ length: 9 }, (_, row) => row);
  const added = rows.map((row) => add(row).then(() => told.push(row)));
  expect(told).toEqual([]);
  await flush();
  await Promise.all(added);
  expect(db).toMatchObject({ committed: rows, slices: [9] });
  expect(told).toEqual(rows);
  expect(size()).toBe(0);
});

test('nobody need ask for it: so many rows are committed at once, fewer after a while, and after a flush of nothing, too', async () => {
  const writer = createGroupCommit({ most: 3, everyMs: 3_600_000 });
  const slices: number[] = [];
  const given = {
    worth: 'fact' as const,
    commit: (rows: number[]) => void slices.push(rows.length),
    onFailure: () => undefined,
  };
  const [busy, quiet] = [writer.lane<number>(given), writer.lane<number>({ ...given, everyMs: 1 })];
  onTestFinished(() => writer.stop());
  await busy.flush();
  await Promise.all([1, 2, 3].map(busy.add));
  await quiet.flush();
  await quiet.add(4);
  expect(slices).toEqual([3, 1]);
});

// A crowd that is refused for the first time kept everybody who was refused meanwhile waiting for its end.
test('a flush ends although rows come with every commit; those wait their time, or until they are enough', async () => {
  const writer = createGroupCommit({ most: 3, everyMs: 3_600_000 });
  const slices: number[] = [];
  let coming = 0;
  const { add, flush, size } = writer.lane<number>({
    async commit(rows) {
      await Promise.resolve();
      slices.push(rows.length);
      if (slices.length === 50) coming = 0; // or the test would not end either
      for (let row = 0; row < coming; row++) void add(row);
    },
    onFailure: () => undefined,
  });
  coming = 1;
  void add(0);
  await flush();
  expect(slices).toEqual([1]);
  const [one, other] = [flush(), add(1).then(() => slices.length)];
  await one;
  expect(size()).toBe(1);
  expect(slices).toEqual([1, 2]);
  expect(await other).toBe(2);

  coming = 3;
  await flush();
  expect(slices.length).toBeLessThan(50);
  await expect.poll(() => slices.length).toBe(50);
  await writer.stop();
  expect(slices.slice(2)).toEqual([1, ...Array.from({ length: 47 }, () => 3)]);
});

test('whoever asks for a flush during a commit gets what is queued by then, and waits for no more', async () => {
  const { db, add, flush, size } = start({ most: 10 }).makeLane('fact');
  void add(1);
  const first = flush();
  await Promise.resolve(); // it has begun
  void add(2);
  const second = flush();
  await first;
  expect(db.committed).toEqual([1]);
  await second;
  expect(db).toMatchObject({ committed: [1, 2], slices: [1, 1] });
  expect(size()).toBe(0);
});

test('a failure leaves everything for the next time, once each and in order, and tells who asked', async () => {
  const { db, add, flush, size } = start({ most: 10 }).makeLane('fact');
  const added = Promise.all([1, 2, 3, 4].map(add));
  db.fault = new Error('away');
  await expect(flush()).rejects.toThrow('away');
  await expect(flush()).rejects.toThrow('away');
  expect(db.failures).toEqual([db.fault, db.fault]);
  expect(size()).toBe(4);
  db.fault = null;
  await flush();
  await added;
  expect(db.committed).toEqual([1, 2, 3, 4]);
});

test('it is tried again by itself', async () => {
  const { db, add } = start({ retryMs: 1 }).makeLane('fact');
  db.fault = new Error('away');
  const added = Promise.all([1, 2, 3].map(add));
  await expect.poll(() => db.failures.length).toBeGreaterThan(2);
  db.fault = null;
  await added;
  expect(db.committed).toEqual([1, 2, 3]);
});

test('one kind that cannot be written holds up no other', async () => {
  const { makeLane } = start();
  const [broken, whole] = [makeLane('fact'), makeLane('fact')];
  broken.db.fault = new Error('no such table');
  const waits = broken.add(1);
  await broken.flush().catch(() => undefined);
  await Promise.all([whole.add(1), whole.flush()]);
  broken.db.fault = null;
  await Promise.all([waits, broken.flush()]);
});

// `queue.unshift(...rows)` throws a RangeError beyond some hundred thousand of them.
test('a quarter of a million rows that wait for a database that is away stay there, and come through', async () => {
  const count = 250_000;
  const { db, add, flush, size } = start({ most: 200_000, capacity: count }).makeLane('fact');
  db.fault = new Error('away');
  const last = Array.from({ length: count }, (_, row) => add(row)).at(-1);
  await flush().catch(() => undefined);
  expect(size()).toBe(count);
  db.fault = null;
  await flush();
  await last;
  expect(db.slices).toEqual([200_000, 50_000]);
});

test('beyond the bound that all share, samples are given up first, then facts, the oldest first; results never', async () => {
  const { makeLane } = start({ most: 10, capacity: 4 });
  const lanes = { sample: makeLane('sample'), fact: makeLane('fact'), result: makeLane('result') };
  const outcomes = new Map<number, unknown>();
  const add = (row: number, worth: Worth) =>
    void lanes[worth].add(row).then(
      () => outcomes.set(row, 'committed'),
      (error: unknown) => outcomes.set(row, error instanceof Shed),
    );
  add(1, 'result');
  add(2, 'fact');
  add(3, 'sample');
  add(4, 'sample');
  add(5, 'sample'); // instead of 3
  add(6, 'fact'); // instead of 4
  add(7, 'result'); // instead of 5
  add(8, 'sample'); // no room: what is there is worth more
  add(9, 'result'); // instead of 2
  add(10, 'fact'); // instead of 6
  add(11, 'result'); // instead of 10
  add(12, 'result'); // no room, and its owner keeps it
  for (const lane of Object.values(lanes)) await lane.flush();
  expect(lanes.result.db.committed).toEqual([1, 7, 9, 11]);
  await expect.poll(() => outcomes.size).toBe(12);
  const shed = [...outcomes].filter(([, outcome]) => outcome === true).map(([row]) => row);
  expect(shed.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 8, 10, 12]);
});

test('what is being committed is not given up', async () => {
  const { makeLane } = start({ most: 2, capacity: 2 });
  const [samples, results] = [makeLane('sample'), makeLane('result')];
  const first = Promise.all([samples.add(1), samples.add(2)]);
  await Promise.resolve(); // as many as go into one commit: it has begun
  await expect(results.add(3)).rejects.toBeInstanceOf(Shed);
  await first;
  expect(samples.db.committed).toEqual([1, 2]);
});

test('a row that can never be committed is refused by itself, and holds up none of the others', async () => {
  const { db, add, flush } = start({ most: 8 }).makeLane('result');
  const outcomes = [11, 12, UNLUCKY, 14, 15].map((row) =>
    add(row).then(
      () => 'committed',
      () => 'refused',
    ),
  );
  await flush();
  expect(await Promise.all(outcomes)).toEqual(['committed', 'committed', 'refused', 'committed', 'committed']);
  expect(db.committed).toEqual([11, 12, 14, 15]);
  expect(db.failures).toEqual([]);
});

test('what waits under one key is one row, also with what could not be committed; none of it takes room or is given up', async () => {
  const { writer } = start({ capacity: 0 });
  const db = { committed: [] as object[][], isAway: true, whileAway: () => {} };
  interface Count {
    name: string;
    n: number;
  }
  const { add, flush } = writer.lane<Count>({
    merge: { keyOf: ({ name }) => name, into: (waiting, { n }) => ({ ...waiting, n: waiting.n + n }) },
    async commit(rows) {
      db.whileAway();
      await Promise.resolve();
      if (db.isAway) throw new Error('away');
      db.committed.push(rows);
    },
    onFailure: () => undefined,
  });
  const added = [add({ name: 'a', n: 1 }), add({ name: 'b', n: 1 }), add({ name: 'a', n: 2 })];
  db.whileAway = () => void added.push(add({ name: 'b', n: 4 }), add({ name: 'c', n: 1 }));
  await expect(flush()).rejects.toThrow('away');
  Object.assign(db, { isAway: false, whileAway: () => {} });
  await flush();
  await Promise.all(added);
  expect(db.committed).toEqual([
    [
      { name: 'a', n: 3 },
      { name: 'b', n: 5 },
      { name: 'c', n: 1 },
    ],
  ]);
});
