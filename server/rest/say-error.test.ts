import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Whether the two agree is what is asked.
import { formatWait } from '../../app/ui/figures/format-figure';
import { projectRoot } from '../process/project';
import { errorWords } from './say-error';

test.each([1, 60, 90, 91, 900])('a wait of %d seconds is told as on the pages', (seconds) => {
  expect(errorWords.say('auth.busy', 'en', seconds)).toBe(
    `Many sign-ins are waiting. Try again in ${formatWait(seconds, 'en')}.`,
  );
});

test('all languages together take less than 20 MB of the server’s memory', async () => {
  // Of the pages, as their bundle has them, of REST, and of the command lines, of which a server unpacks all or none.
  const script = `
    import { readFileSync } from 'node:fs';
    import { join } from 'node:path';
    import 'i18next';
    import { folderOf, languages } from './server/http/languages.ts';
    import { otherLanguages } from './words/other-languages.ts';
    const taken = () => (gc(), gc(), process.memoryUsage().heapUsed);
    const before = taken();
    const held = {
      pages: languages.map((one) => JSON.parse(readFileSync(join(folderOf(one), 'translation.json'), 'utf8'))),
      rest: (await import('./server/rest/say-error.ts')).errorWords,
      commands: otherLanguages(),
    };
    for (const one of languages) held.rest.say('internal', one, null);
    console.log(JSON.stringify([held.pages.length, Object.keys(held.commands).length, taken() - before]));`;
  const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
  const [pages, commands, bytes] = JSON.parse(stdout) as [number, number, number];
  expect([pages, commands]).toEqual([errorWords.languages.length, errorWords.languages.length - 1]);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(bytes).toBeLessThan(20_000_000);
});
