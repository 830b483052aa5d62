// @ts-check
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/**
 * What of CycloneDX 1.5 (JSON) is looked at here.
 *
 * @typedef {{
 *   'bom-ref': string, name: string, version: string, scope?: string,
 *   licenses?: { license?: { id?: string, name?: string }, expression?: string }[],
 * }} Component
 * @typedef {{
 *   metadata: { component: Component },
 *   components: Component[],
 *   dependencies: { ref: string, dependsOn: string[] }[],
 * }} Bill
 */

/**
 * Writes what we ship of others: `sbom.cdx.json`, a bill of materials in CycloneDX as `npm sbom` makes it of the lock
 * file, and `licences.txt`, each package with its licence and what that asks to pass on.
 *
 * @param {string} into a folder
 */
export async function writeBill(into) {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 2 ** 26 });
  /** @type {Bill} */
  const all = JSON.parse(stdout);
  const bill = onlyShipped(all, await findShipped());
  await writeFile(join(into, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  await writeFile(join(into, 'licences.txt'), await listLicences(bill));
}

/**
 * The packages that we ourselves name and ship: those of an installation, and those of development that are bundled
 * into the pages.
 *
 * @returns {Promise<Set<string>>}
 */
async function findShipped() {
  /** @type {{ dependencies: object, devDependencies: object }} */
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const shipped = new Set(Object.keys(dependencies));
  for (const name of await readdir(join(root, 'app'), { recursive: true })) {
    // Tests go into no build, and the list of routes is read while one is made.
    if (!/\.(tsx?|css)$/.test(name) || /(\.test\.|^routes\.ts$)/.test(name)) continue;
    const text = await readFile(join(root, 'app', name), 'utf8');
    for (const [, found = ''] of text.matchAll(/(?:from|import)[ (]*'((?:@[\w.-]+\/)?[\w.-]+)/g))
      if (found in devDependencies) shipped.add(found);
  }
  return shipped;
}

/**
 * The bill without what only development needs.
 *
 * @param {Bill} bill
 * @param {Set<string>} named
 * @returns {Bill}
 */
function onlyShipped(bill, named) {
  const own = bill.metadata.component;
  own.name = 'sysmanage'; // npm names it after the folder
  const needs = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const nameOf = (/** @type {string} */ ref) => ref.slice(0, ref.lastIndexOf('@'));
  const first = (needs.get(own['bom-ref']) ?? []).filter((ref) => named.has(nameOf(ref)));
  needs.set(own['bom-ref'], first);
  const kept = new Set([own['bom-ref']]);
  for (const ref of kept) for (const next of needs.get(ref) ?? []) kept.add(next);
  return {
    ...bill,
    components: bill.components
      .filter((component) => kept.has(component['bom-ref']))
      .map((component) => ({ ...component, scope: 'required' })),
    dependencies: bill.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref }) => ({ ref, dependsOn: needs.get(ref) ?? [] })),
  };
}

/** @param {Bill} bill @returns {Promise<string>} */
async function listLicences({ components }) {
  const parts = await Promise.all(
    components.map(async ({ name, version, licenses = [] }) => {
      const names = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name);
      return `${name} ${version}: ${names.join(', ') || 'not said'}\n${await readNotices(name, version)}`;
    }),
  );
  return `SysManage is under the Apache License 2.0. It comes with these packages of others.\n\n${parts.join('\n')}`;
}

/**
 * The licence as its package has it, indented; empty where the package is for another system, or has no such file.
 *
 * @param {string} name
 * @param {string} version
 */
async function readNotices(name, version) {
  const folder = await findFolder(name, version);
  if (!folder) return '';
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .map((text) =>
      text
        .trim()
        .replace(/^(?=.)/gm, '    ')
        .concat('\n'),
    )
    .join('\n');
}

/** @typedef {{ packages: Record<string, { version?: string }> }} Locked */

/** @type {Promise<Locked> | undefined} */
let reading;

/** @returns {Promise<Locked>} */
async function readLocked() {
  /** @type {Locked} */
  const locked = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  return locked;
}

/**
 * Where a package of this version is installed: beside the others or, where another version is, within who needs it.
 *
 * @param {string} name
 * @param {string} version
 */
export async function findFolder(name, version) {
  reading ??= readLocked();
  return Object.entries((await reading).packages)
    .filter(([path, locked]) => path.endsWith(`node_modules/${name}`) && locked.version === version)
    .map(([path]) => join(root, path))
    .find((path) => existsSync(join(path, 'package.json')));
}
