import { spawnSync } from 'node:child_process';
import { installPackage } from '../install-package';

const PROGRAMS = [['docker-compose'], ['docker', 'compose']];

/**
 * How a command of Docker Compose begins: that of this machine or, on Debian as root, of the distribution's package,
 * which is then installed. To read a file it needs no engine. Null where there is none.
 */
export function findCompose(): string[] | null {
  const find = () =>
    PROGRAMS.find(([program = '', ...first]) => spawnSync(program, [...first, 'version']).status === 0) ?? null;
  return find() ?? (installPackage('docker-compose') ? find() : null);
}
