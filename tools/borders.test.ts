import { dirname } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import { expect, test } from 'vitest';
import { borderConfig } from '../eslint.config.js';

// Without the other rules nothing has to be known of types, which takes a minute.
const eslint = new ESLint({
  cwd: dirname(import.meta.dirname),
  overrideConfigFile: true,
  baseConfig: borderConfig as Linter.Config[],
});

/** The border rules that the line breaks when it stands in the file. The file must exist, its content is not read. */
async function brokenRules(filePath: string, line: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath });
  return (result?.messages ?? []).map(({ ruleId, fatal, message }) => (fatal ? message : ruleId));
}

const IMPORT = '@typescript-eslint/no-restricted-imports';
const DYNAMIC = 'no-restricted-syntax';
const ENVIRONMENT = 'no-restricted-properties';

test.each([
  ['app/root.tsx', `import { appRouter } from '../server/router'; appRouter;`, IMPORT],
  ['app/ui/button.tsx', `import { hosts } from '../../db/schema'; hosts;`, IMPORT],
  ['app/root.tsx', `import type { Database } from '../db/client'; export type X = Database;`, IMPORT],
  ['app/root.tsx', `export const x = () => import('../server/router');`, DYNAMIC],
  ['agent/main.ts', `import { createLog } from '../server/log'; createLog;`, IMPORT],
  ['agent/collect/network.ts', `export const x = () => import('../../server/log');`, DYNAMIC],
  ['agent/main.ts', `import { openDatabase } from '../db/open-database'; openDatabase;`, IMPORT],
  ['server/main.ts', `import { problem } from '../app/forms/problem'; problem;`, IMPORT],
  ['server/main.ts', `import { run } from '../agent/run'; run;`, IMPORT],
  ['server/audit/checkpoints.ts', `import { NOT_SO } from '../cli/command'; NOT_SO;`, IMPORT],
  ['server/hosts/router.ts', `import { x } from '../../agent/protocol-of-another-name'; x;`, IMPORT],
  ['db/client.ts', `import type { Config } from '../server/config'; export type X = Config;`, IMPORT],
  ['db/client.ts', `import { registration } from '../agent/protocol'; registration;`, IMPORT],
  ['server/process/server.ts', `export const x = process.env.HOME;`, ENVIRONMENT],
  ['server/process/server.ts', `export const { env } = process;`, ENVIRONMENT],
  ['server/process/server.ts', `import { env } from 'node:process'; env;`, IMPORT],
  ['agent/main.ts', `export const x = process.env.HOME;`, ENVIRONMENT],
])('%s may not say: %s', async (file, line, rule) => {
  expect(await brokenRules(file, line)).toEqual([rule]);
});

test.each([
  '<p>Yes</p>',
  "<p>{'Yes'}</p>",
  "<p>{a ? 'Yes' : ''}</p>",
  "<p>{a ? '' : b ? '' : 'No'}</p>",
  "<p>{a && 'Yes'}</p>",
  "<p>{a ?? 'None'}</p>",
  '<p>{`Yes ${a}`}</p>',
  '<>{a || "None"}</>',
  '<X label="Yes" />',
  "<X label={'Yes'} />",
  "<X title={a ? 'Yes' : ''} />",
  '<X aria-label={`Yes ${a}`} />',
])('pages may not say in one language: %s', async (markup) => {
  expect(await brokenRules('app/root.tsx', `export const x = (a: string, b: string) => ${markup}; b;`)).toEqual([
    DYNAMIC,
  ]);
});

test.each([
  "<p>{t('state.up')}</p>",
  "<p>{a === 'yes' ? t('facts.yes') : t('facts.no')}</p>",
  '<p className={`grid ${a}`}>{`${a}: ${b}`}</p>',
  "<X kind={a ? 'up' : 'down'} label={t('state.up')} />",
])('pages may say: %s', async (markup) => {
  const line = `export const x = (a: string, b: string, t: (key: string) => string) => ${markup}; b;`;
  expect(await brokenRules('app/root.tsx', line)).toEqual([]);
});

test.each([
  ['app/root.tsx', `import type { AppRouter } from '../server/router'; export type X = AppRouter;`],
  ['app/root.tsx', `import { initTRPC } from '@trpc/server'; initTRPC;`],
  ['agent/main.ts', `import type { AgentRouter } from '../server/router'; export type X = AgentRouter;`],
  ['server/main.ts', `import { openDatabase } from '../db/open-database'; openDatabase;`],
  ['server/hosts/router.ts', `import { registration } from '../../agent/protocol'; registration;`],
  [
    'server/agents/enrolment/register.ts',
    `import { keyFingerprint } from '../../../agent/fingerprint'; keyFingerprint;`,
  ],
  [
    'server/enrolment-tokens/create-token.ts',
    `import { writeEnrolmentToken } from '../../agent/enrolment-token'; writeEnrolmentToken;`,
  ],
  ['server/main.ts', `import { inColumns } from './cli/command'; inColumns;`],
  ['server/config.ts', `export const x = process.env.HOME;`],
])('%s may say: %s', async (file, line) => {
  expect(await brokenRules(file, line)).toEqual([]);
});
