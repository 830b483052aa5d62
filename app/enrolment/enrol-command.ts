/** What reads the command that is pasted. */
export const shells = ['posix', 'powershell'] as const;
type Shell = (typeof shells)[number];

/**
 * The one command that makes a machine join. The token goes in by standard input, not as an argument: every user of a
 * machine can read the arguments of every process. It holds no character that either shell minds.
 */
export function enrolCommand(shell: Shell, token: string): string {
  const agent = 'node sysmanage-agent.cjs --token-file -';
  return shell === 'posix' ? `echo ${token} | ${agent}` : `'${token}' | ${agent}`;
}
