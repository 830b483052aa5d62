import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { agentOptions } from './builders.mjs';

test('nothing of ours but agent/ and its words goes into the agent', async () => {
  const { metafile, outputFiles } = await build({ ...agentOptions, write: false, metafile: true });
  const ours = Object.keys(metafile.inputs).filter((input) => !/(^|\/)node_modules\//.test(input));
  expect(ours).toContain('agent/main.ts');
  expect(ours.filter((input) => !/^(agent|words)\//.test(input))).toEqual([]);
  const program = outputFiles[0]!.text;
  expect(program).toContain('waiting for an administrator to compare');
  expect(program).not.toContain('The audit log is whole');
});

test('the agent runs as a lone file, far from node_modules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'sysmanage-agent.cjs');
  await build({ ...agentOptions, outfile });
  expect(execFileSync(process.execPath, [outfile, '--version'], { cwd: folder, encoding: 'utf8' })).toMatch(
    /^\d+\.\d+\.\d+\n$/,
  );
});
