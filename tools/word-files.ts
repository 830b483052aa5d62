import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { machineWords } from '../words/machine-words';
import { cutWords, type Group, type Tree } from './word-groups.mjs';

const LOCALES = join(import.meta.dirname, '../public/locales');

type Name = Group | 'machine';

/** The folders of all languages, as `zh_CN`. */
const folders = readdirSync(LOCALES).sort();

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Tree;
const AGENTS = join(import.meta.dirname, '../words');

const wordsOf = (folder: string) =>
  Object.entries({
    ...cutWords(read(join(LOCALES, folder, 'translation.json'))),
    machine: machineWords(read(join(AGENTS, `${folder}.json`)) as Record<string, string>),
  }) as [Name, Tree][];

/** A hash of each group's words in all languages, so that browsers keep files until something in them changes. */
export function wordVersions(): Record<Name, string> {
  const all = folders.flatMap(wordsOf);
  const hashOf = (name: Name) => {
    const hash = createHash('sha256');
    for (const [group, words] of all) if (group === name) hash.update(JSON.stringify(words));
    return hash.digest('hex').slice(0, 8);
  };
  const names = new Set(all.map(([group]) => group));
  return Object.fromEntries([...names].map((name) => [name, hashOf(name)])) as Record<Name, string>;
}

/**
 * Lays the words of pages where browsers look for them (app/i18n/word-files.ts), a file a language and group:
 * `locales/zh_CN/hosts-1a2b3c4d.json`. In development they are cut when they are asked for.
 */
export function wordFiles(): Plugin {
  const versions = wordVersions();
  let isServer = false;
  return {
    name: 'words of pages',
    config: () => ({ build: { copyPublicDir: false } }),
    configResolved(config) {
      isServer = Boolean(config.build.ssr);
    },
    generateBundle() {
      if (isServer) return;
      for (const folder of folders)
        for (const [group, words] of wordsOf(folder))
          this.emitFile({
            type: 'asset',
            fileName: `locales/${folder}/${group}-${versions[group]}.json`,
            source: JSON.stringify(words),
          });
    },
    configureServer({ middlewares }) {
      middlewares.use('/locales', (request, response, next) => {
        const [, folder = '', group] = /^\/(\w+)\/(\w+)-\w+\.json$/.exec(request.url ?? '') ?? [];
        const words = folders.includes(folder) && wordsOf(folder).find(([name]) => name === group)?.[1];
        if (!words) return next();
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(words));
      });
    },
  };
}
