import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../../db/migrate';
import { projectRoot } from '../process/project';
import { defineCommand } from './command';
import { words } from '../../words/words';

export const version = defineCommand({
  async run() {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    const found = {
      version,
      schema: readJournal().at(-1)!.tag,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    };
    return { json: found, lines: [words('server.version.is', found)] };
  },
});
