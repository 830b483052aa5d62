import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Program } from '../processes/run-program';
import { executeShell, removeScript } from './execute-shell';

const folderOf = (runId: string) => join(tmpdir(), `sysmanage-run-${runId}`);

it('gives root’s part of a change of user no variable of the sender’s, and its user no folder to change', async () => {
  const runId = randomUUID();
  const seen: { program: Program; mode: number; output: string }[] = [];
  await executeShell(
    {
      kind: 'execute_shell',
      script: 'printf %s "$ODD"; printf "|%s" "$LOGNAME"',
      runAs: userInfo().username,
      environment: [
        { name: 'PATH', value: '/tmp/evil:/usr/bin:/bin' },
        { name: 'LD_PRELOAD', value: '' },
        { name: 'ODD', value: "it's $(id)\n`id` \\" },
      ],
    },
    {
      runId,
      environment: {},
      run: (program) => {
        // What stands behind the change of user, as this user.
        const [file, ...args] = program.args.slice(program.args.indexOf('/bin/sh')) as [string, ...string[]];
        const output = execFileSync(file, args, { encoding: 'utf8' });
        const folder = statSync(dirname(args[0]!));
        seen.push({ program, mode: folder.mode & 0o777, output });
        return Promise.resolve({ exitCode: 0 });
      },
      capture: () => Promise.reject(new Error('is not for scripts')),
      write: () => undefined,
    },
  );
  const [{ program, mode, output }] = seen as [(typeof seen)[number]];
  expect(['runuser', 'su']).toContain(program.file);
  expect(program.environment).toEqual(program.file === 'su' ? { SHELL: '/bin/sh' } : {});
  expect(program.args.join(' ')).not.toContain('evil');
  expect(mode).toBe(0o711);
  expect(output).toBe(`it's $(id)\n\`id\` \\|${userInfo().username}`);
  expect(existsSync(folderOf(runId))).toBe(false);
});

it('removes the files of a script, and nothing else that is in its folder or in its place', () => {
  const [filled, linked, clean] = [randomUUID(), randomUUID(), randomUUID()];
  const elsewhere = mkdtempSync(join(tmpdir(), 'sysmanage-script-test-'));
  onTestFinished(() => {
    for (const path of [elsewhere, folderOf(filled), folderOf(linked)]) rmSync(path, { recursive: true, force: true });
  });
  for (const folder of [folderOf(filled), folderOf(clean)]) {
    mkdirSync(folder);
    for (const name of ['script', 'begin']) writeFileSync(join(folder, name), '');
  }
  mkdirSync(join(folderOf(filled), 'kept'));
  writeFileSync(join(folderOf(filled), 'kept', 'file'), '');
  writeFileSync(join(elsewhere, 'script'), '');
  symlinkSync(elsewhere, folderOf(linked));
  for (const runId of [filled, linked, clean, randomUUID()]) removeScript(runId);
  expect(existsSync(join(folderOf(filled), 'script'))).toBe(false);
  expect(existsSync(join(folderOf(filled), 'kept', 'file'))).toBe(true);
  expect(existsSync(join(elsewhere, 'script'))).toBe(true);
  expect(existsSync(folderOf(clean))).toBe(false);
});
