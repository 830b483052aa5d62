import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Whether the two agree is what is asked.
import { wordsOfPage } from '../app/i18n/page-words';
import { cutWords, groupOf } from './word-groups.mjs';
import { readWords } from './words.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const keys = [...readWords('en').keys()];

/** What a module loads, at once or later, and the texts of people that it has the keys of. */
interface Module {
  imports: string[];
  texts: Set<string>;
}

/** The keys that a text of a program stands for: itself, its plural forms, and all below it. */
const keysOf = (text: string) =>
  keys.filter((key) => key === text || key.startsWith(`${text}.`) || key.startsWith(`${text}_`));

/** Of a template, `audit.action.${…}`, all that it can become. */
const keysBegun = (head: string) => (/^\w+\./.test(head) ? keys.filter((key) => key.startsWith(head)) : []);

/**
 * Every text that is a key counts as one. The compiler takes no other keys (app/i18n/i18next.d.ts), so that one which
 * is put together of what stands elsewhere must begin here with a text that says where it is.
 *
 * @throws Error where it does not
 */
function readModule(file: string, source = readFileSync(join(ROOT, file), 'utf8')): Module {
  const found: Module = { imports: [], texts: new Set() };
  const addAll = (texts: string[]) => texts.forEach((text) => found.texts.add(text));
  const isOfTypes = ({ importClause: clause }: ts.ImportDeclaration) => {
    const named = clause?.namedBindings;
    const areTypes = named && ts.isNamedImports(named) && named.elements.every(({ isTypeOnly }) => isTypeOnly);
    return clause !== undefined && (clause.isTypeOnly || (clause.name === undefined && areTypes === true));
  };
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) {
      if (!isOfTypes(node)) found.imports.push((node.moduleSpecifier as ts.StringLiteral).text);
      return;
    }
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.isTypeOnly)
      found.imports.push((node.moduleSpecifier as ts.StringLiteral).text);
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword && first && ts.isStringLiteral(first))
        found.imports.push(first.text);
      if (ts.isIdentifier(node.expression) && node.expression.text === 't' && first && ts.isTemplateExpression(first))
        if (keysBegun(first.head.text).length === 0)
          throw new Error(`${file}: nobody can tell where ${first.getText()} is; begin it with its section`);
    }
    if (ts.isStringLiteralLike(node) && (node.text.includes('.') || node.text === 'product')) addAll(keysOf(node.text));
    if (ts.isTemplateExpression(node)) addAll(keysBegun(node.head.text));
    ts.forEachChild(node, visit);
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

const files = readdirSync(join(ROOT, 'app'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$/.test(file))
  .map((file) => `app/${file}`);
const modules = new Map(files.map((file) => [file, readModule(file)]));

/** What it can say, with the group of each; what agents say is one, whatever the sentence. */
const saidBy = (file: string): [key: string, group: string][] => [
  ...[...modules.get(file)!.texts].map((key): [string, string] => [key, groupOf(key)]),
  ...(file === 'app/i18n/use-machine-words.ts' ? [['agent', 'machine'] as [string, string]] : []),
];

/** All that is loaded with some modules. */
function loadedWith(entries: string[]): Set<string> {
  const loaded = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    for (const name of modules.get(file)!.imports.filter((one) => one.startsWith('.'))) {
      const path = join(dirname(file), name);
      const next = [`${path}.ts`, `${path}.tsx`, path].find((one) => modules.has(one));
      if (next) queue.push(next);
    }
  }
  return loaded;
}

/** The routes that pages are, with those around them and what stands around every page; and the pages' addresses. */
const pages = files
  .filter((file) => /^app\/routes\/.*\.tsx$/.test(file))
  .map((file) => {
    const parts = file.slice('app/routes/'.length, -'.tsx'.length).split('.');
    const around = parts.map((_, i) => `app/routes/${parts.slice(0, i + 1).join('.')}.tsx`);
    const named = parts.filter((part) => !part.startsWith('_')).map((part) => part.replace(/_$/, ''));
    return {
      address: `/${named.join('/')}`,
      entries: ['app/entry.client.tsx', 'app/root.tsx', ...around.filter((one) => modules.has(one))],
    };
  });

test('a page loads the words of all that its modules can say', () => {
  expect(pages.length).toBeGreaterThan(40);
  const missing = pages.flatMap(({ address, entries }) => {
    const here = new Set<string>(wordsOfPage(address));
    return [...loadedWith(entries)].flatMap((file) =>
      saidBy(file)
        .filter(([, group]) => !here.has(group))
        .map(([key]) => `${address}: ${key} (${file})`),
    );
  });
  // Name the group in app/i18n/page-words.ts, or the text in `every` of tools/word-groups.mjs.
  expect(missing).toEqual([]);
});

test('a section loads no words that none of its pages says', () => {
  for (const section of new Set(pages.map(({ address }) => address.split('/')[1]!))) {
    const ofSection = pages.filter(({ address }) => address.split('/')[1] === section);
    const loaded = loadedWith(ofSection.flatMap(({ entries }) => entries));
    const said = new Set<string>([...loaded].flatMap((file) => saidBy(file).map(([, group]) => group)));
    expect(
      wordsOfPage(`/${section}`).filter((group) => !said.has(group)),
      section,
    ).toEqual([]);
  }
});

test('every text is in one group, and what is there twice has the same shape', () => {
  const words = JSON.parse(readFileSync(join(ROOT, 'public/locales/en/translation.json'), 'utf8')) as Tree;
  const cut = Object.values(cutWords(words));
  expect(cut.map((tree) => flatten(tree).length).every((length) => length > 10)).toBe(true);
  expect(cut.flatMap((tree) => flatten(tree)).sort()).toEqual([...readWords('en').keys()].sort());
  expect(() => cutWords({ nowhere: { text: 'No group has it.' } })).toThrow('nowhere');
});

interface Tree {
  [name: string]: string | Tree;
}
const flatten = (tree: Tree, prefix = ''): string[] =>
  Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : flatten(value, `${prefix}${name}.`),
  );

test('a key is found in what a module says, wherever it stands, and one that nobody can tell is refused', () => {
  const source = `
    import type { A } from './types';
    import { type B } from './more-types';
    import { c } from './module';
    const Late = lazy(() => import('./late'));
    const word = isWarning ? 'hosts.title' : 'hosts.search';
    t('nav.waiting', { count });
    t(\`units.\${unit}\`);`;
  const { imports, texts } = readModule('app/some.tsx', source);
  expect(imports).toEqual(['./module', './late']);
  expect([...texts]).toEqual(expect.arrayContaining(['hosts.title', 'hosts.search', 'nav.waiting_one', 'units.kib']));
  expect(() => readModule('app/some.tsx', 't(`${section}.title`)')).toThrow('begin it with its section');
});
