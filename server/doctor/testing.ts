import { expect } from 'vitest';
import { runSysmanage } from '../cli/testing';

interface Finding {
  state: string;
  about: string;
  words: string;
  mend?: string;
}

/** What the doctor says of an installation in this folder. */
export async function examine(folder: string, environment: Record<string, string> = {}) {
  const { code, output } = await runSysmanage(
    'doctor',
    {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      SYSMANAGE_DATA_DIR: folder,
      SYSMANAGE_API_HOST: '127.0.0.1',
      SYSMANAGE_API_PORT: '0',
      SYSMANAGE_FRONTEND_PORT: '0',
      SYSMANAGE_DISCOVERY_ENABLED: 'false',
      ...environment,
    },
    '--json',
  );
  const { isWell, findings } = JSON.parse(output) as { isWell: boolean; findings: Finding[] };
  expect(code).toBe(isWell ? 0 : 1);
  for (const { state, mend } of findings) expect(mend === undefined).toBe(state === 'good');
  const not = (state: string) => findings.filter((finding) => finding.state === state);
  return {
    isWell,
    findings,
    bad: not('bad'),
    about: (thing: string) => findings.filter(({ about }) => about === thing),
  };
}
