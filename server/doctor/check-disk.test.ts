import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountSmallDisk } from '../../db/testing-small-disk';
import { inEnglish } from '../../words/say';
import { temporaryFolder } from '../certificates/testing';
import { checkDisk } from './check-disk';

test('a disk that is nearly full is bad, and one with little room a warning, each with its mend', async ({ skip }) => {
  const folder = await temporaryFolder();
  for (const [megabytes, state] of [
    [16, 'bad'],
    [200, 'warning'],
  ] as const) {
    const data_dir = join(folder, String(megabytes));
    const unmount = mountSmallDisk(data_dir, megabytes);
    if (!unmount) return skip('a small disk of its own takes a mount, which this user may not');
    onTestFinished(unmount);
    const [found] = await checkDisk({ data_dir, log: { level: 'info', file: '' } as never });
    expect(found!.state).toBe(state);
    expect(inEnglish(found!.said)).toContain(data_dir);
    expect(found!.mend).toBeDefined();
  }
});
