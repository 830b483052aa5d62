import { expect, onTestFinished, test } from 'vitest';
import { createGroupCommit, Shed } from './group-commit';

/** A row that the database never takes. */
const UNLUCKY = -13;

/** A writer that commits when it is told to, into a list; it fails while `fault` is set. */
function start({ most = 3, capacity = 10, isRowsFault }: { most?: number; capacity?: number; isRowsFault?: (error: unknown) => boolean } = {}) {
  const db = { committed: [] as number[], slices: [] as number[], failures: [] as unknown[], fault: null as Error | null };
  const writer = createGroupCommit<number>({
    async commit(rows) {
      await Promise.resolve();
      if (db.fault) throw db.fault;
      if (rows.includes(UNLUCKY)) throw new Error('unlucky');
      db.slices.push(rows.length);
      db.committed = db.committed.concat(rows);
    },
    isRowsFault,
    onFailure: (error) => db.failures.push(error),
    ...{ most, capacity, everyMs: 3_600_000 },
  });
  onTestFinished(() => writer.stop());
  return { db, writer };
}

test('rows are committed in their order, in slices, and each is told when it is', async () => {
  const { db, writer } = start();
  const told: number[] = [];
  const added = [1, 2, 3, 4, 5, 6, 7].map((row) => writer.add(row, 'fact').then(() => told.push(row)));
  expect(told).toEqual([]);
  await writer.flush();
  await Promise.all(added);
  expect(db).toMatchObject({ committed: [1, 2, 3, 4, 5, 6, 7], slices: [3, 3, 1] });
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(writer.size()).toBe(0);
});

test('nobody need ask for it', async () => {
  const committed: number[] = [];
  const commit = (rows: number[]) => Promise.resolve(void committed.push(...rows));
  const writer = createGroupCommit<number>({ commit, onFailure: () => undefined, most: 10, capacity: 10, everyMs: 1 });
  onTestFinished(() => writer.stop());
  await writer.add(1, 'fact');
  expect(committed).toEqual([1]);
});

test('a failure leaves everything for the next time, once each and in order', async () => {
  const { db, writer } = start();
  const added = Promise.all([1, 2, 3, 4].map((row) => writer.add(row, 'fact')));
  db.fault = new Error('away');
  await writer.flush();
  await writer.flush();
  expect(db.failures).toEqual([db.fault, db.fault]);
  expect(writer.size()).toBe(4);
  db.fault = null;
  await writer.flush();
  await added;
  expect(db.committed).toEqual([1, 2, 3, 4]);
});

// `queue.unshift(...rows)` throws a RangeError beyond some hundred thousand of them.
test('a quarter of a million rows that wait for a database that is away stay there, and come through', async () => {
  const count = 250_000;
  const { db, writer } = start({ most: 200_000, capacity: count });
  const last = Array.from({ length: count }, (_, row) => writer.add(row, 'fact')).at(-1);
  db.fault = new Error('away');
  await writer.flush();
  expect(writer.size()).toBe(count);
  db.fault = null;
  await writer.flush();
  await last;
  expect(db.slices).toEqual([200_000, 50_000]);
});

test('beyond the bound, samples are given up first, then facts, the oldest first; results never', async () => {
  const { db, writer } = start({ capacity: 4 });
  const outcomes = new Map<number, unknown>();
  const add = (row: number, worth: 'sample' | 'fact' | 'result') =>
    void writer.add(row, worth).then(
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
  await writer.flush();
  expect(db.committed).toEqual([1, 7, 9, 11]);
  await expect.poll(() => outcomes.size).toBe(12);
  const shed = [...outcomes].filter(([, outcome]) => outcome === true).map(([row]) => row);
  expect(shed.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 8, 10, 12]);
});

test('what is being committed is not given up', async () => {
  const { db, writer } = start({ most: 2, capacity: 2 });
  const first = Promise.all([writer.add(1, 'sample'), writer.add(2, 'sample')]);
  const committing = writer.flush();
  await expect(writer.add(3, 'result')).rejects.toBeInstanceOf(Shed);
  await committing;
  await first;
  expect(db.committed).toEqual([1, 2]);
});

test('a row that can never be committed is refused by itself, and holds up none of the others', async () => {
  const { db, writer } = start({ most: 8, isRowsFault: (error) => (error as Error).message === 'unlucky' });
  const outcomes = [11, 12, UNLUCKY, 14, 15].map((row) => writer.add(row, 'result').then(() => 'committed', () => 'refused'));
  await writer.flush();
  expect(await Promise.all(outcomes)).toEqual(['committed', 'committed', 'refused', 'committed', 'committed']);
  expect(db.committed).toEqual([11, 12, 14, 15]);
  expect(db.failures).toEqual([]);
});
