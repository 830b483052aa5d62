import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json: where the built pages and the agent lie, whether this runs bundled or from source. */
export const projectRoot = (function find(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error(`no package.json above ${import.meta.dirname}`);
  return find(parent);
})(import.meta.dirname);
