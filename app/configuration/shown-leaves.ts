import type { HostConfiguration } from './configuration-types';
import { type Field, isSecret } from './fields';

type Document = Record<string, unknown>;

/** What a document says, as it is shown, by key with dots. */
export function leavesOf(document: Document): Map<string, string> {
  return new Map(
    Object.entries(document).flatMap(([section, keys]) =>
      Object.entries((keys ?? {}) as Document).map(
        ([key, value]) =>
          [
            `${section}.${key}`,
            Array.isArray(value) ? value.join(' ') : typeof value === 'string' ? value : JSON.stringify(value),
          ] as const,
      ),
    ),
  );
}

/** Whether another document is wanted than the one in force, and nothing that is shown of them differs. */
export function isSecretAlone({
  wanted,
  inForce,
  offered,
}: Pick<HostConfiguration, 'wanted' | 'inForce' | 'offered'>): boolean {
  if (!inForce || inForce.hash === wanted.hash) return false;
  const shown = [...leavesOf(wanted.document)];
  const isShownSo = (document: Document) => JSON.stringify([...leavesOf(document)]) === JSON.stringify(shown);
  if (!shown.some(([key]) => isSecret(key as Field))) return false;
  // What is in force may say more, of the machine's own: what was fetched before it says what it was given.
  return isShownSo(inForce.document) || (offered?.hash === inForce.hash && isShownSo(offered.document));
}
