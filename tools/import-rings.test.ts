import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Which of the files each of them imports, types too: whoever reads one has to know the other. */
function importsOf(
  files: readonly string[],
  read = (file: string) => readFileSync(join(ROOT, file), 'utf8'),
): Map<string, string[]> {
  const known = new Set(files);
  const found = (path: string) =>
    [`${path}.ts`, `${path}.tsx`, `${path}/index.ts`, path].find((file) => known.has(file));
  return new Map(
    files.map((file) => {
      const named = ts
        .preProcessFile(read(file), true, true)
        .importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      return [file, named.flatMap(({ fileName }) => found(join(dirname(file), fileName)) ?? [])];
    }),
  );
}

/** The files that lead back to themselves, a ring at a time (Tarjan's strongly connected components). */
function ringsOf(imports: ReadonlyMap<string, string[]>): string[][] {
  const rings: string[][] = [];
  const met = new Map<string, number>();
  const open: string[] = [];
  function visit(file: string): number {
    const mine = met.size;
    met.set(file, mine);
    open.push(file);
    let lowest = mine;
    for (const next of imports.get(file)!) {
      if (!met.has(next)) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, met.get(next)!);
    }
    if (lowest === mine) {
      const ring = open.splice(open.indexOf(file));
      if (ring.length > 1 || imports.get(file)!.includes(file)) rings.push(ring.sort());
    }
    return lowest;
  }
  for (const file of imports.keys()) if (!met.has(file)) visit(file);
  return rings;
}

test.each(['server', 'agent', 'db'])('no file of %s/ leads back to itself by what it imports', (folder) => {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  const imports = importsOf(files);
  expect([...imports.values()].flat().length).toBeGreaterThan(files.length);
  expect(ringsOf(imports)).toEqual([]);
});

test('a ring is found, of types as well, and however long', () => {
  const texts: Record<string, string> = {
    'a.ts': `import { b } from './b';`,
    'b.ts': `import type { C } from './c'; import './d';`,
    'c.ts': `export const a = () => import('./a');`,
    'd.ts': `export * from './e';`,
    'e.ts': `import { x } from 'elsewhere';`,
  };
  expect(ringsOf(importsOf(Object.keys(texts), (file) => texts[file]!))).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});
