import { isDeepStrictEqual } from 'node:util';
import { type Configuration, documentOf, type Leaf, leavesOf, SECRET_KEYS } from '../../agent/configuration/schema';
import { words } from '../../words/words';
import { AppError } from '../errors';
import type { Services } from '../services';
import { editText } from './edit-text';
import { type Issue, readDocument } from './read-document';

type Needs = Pick<Services, 'configurationSeal'>;

/** Stands before a secret that is sealed, so that a text can be saved again as it was shown. */
const SEALED = 'sealed:';

/**
 * A secret is bound to its key of its layer: whoever may write another layer cannot have it sent to a host of theirs.
 */
const placeOf = (layer: string, key: string) => `${layer} ${key}`;

/**
 * A text of a layer as it is kept: with its secrets sealed, and all else as somebody wrote it. With issues it is as it
 * came: whoever wrote it is to mend it.
 */
export function sealText(
  { configurationSeal: { seal, open } }: Needs,
  layer: string,
  text: string,
): { text: string; document: Configuration; issues: Issue[] } {
  const read = readDocument(text);
  if (read.issues.length > 0) return { text, ...read };
  const secrets = [...leavesOf(read.document)].filter(([key]) => SECRET_KEYS.includes(key)) as [string, string][];
  const foreign = secrets.filter(([key, value]) => value.startsWith(SEALED) && !isOurs(key, value));
  if (foreign.length > 0) {
    // Marked where the schema would mark it.
    const place = (key: string) =>
      readDocument(text, [{ path: key.split('.'), said: words('server.configuration.foreign_secret') }]).issues;
    return { text, document: {}, issues: foreign.flatMap(([key]) => place(key)) };
  }
  const plain = secrets.filter(([, value]) => !value.startsWith(SEALED));
  if (plain.length === 0) return { text, ...read };
  const sealed = plain.map(([key, value]): [string, Leaf] => [key, SEALED + seal(placeOf(layer, key), value)]);
  const kept = editText(text, sealed);
  return { text: kept, ...readDocument(kept) };

  function isOurs(key: string, value: string): boolean {
    try {
      open(placeOf(layer, key), value.slice(SEALED.length));
      return true;
    } catch {
      // Of another layer, of another secret of the server's, or changed: each is none that could be sent.
      return false;
    }
  }
}

/** Whether a layer says that of the key, be it sealed. What cannot be opened any more says nothing. */
export function alreadySays(
  { configurationSeal }: Needs,
  layer: string,
  document: Configuration,
  [key, value]: [string, Leaf],
) {
  const present = leavesOf(document).get(key);
  if (isDeepStrictEqual(present, value)) return true;
  if (!SECRET_KEYS.includes(key) || present === undefined) return false;
  try {
    return configurationSeal.open(placeOf(layer, key), (present as string).slice(SEALED.length)) === value;
  } catch {
    // Sealed by another secret of the server's: it is to be sealed anew.
    return false;
  }
}

/**
 * A merged document as its host takes it, with its secrets. Throws `configuration.secret_lost` where they were sealed
 * by another secret of the server's.
 * @param sources the layer that each key is from
 */
export function openDocument(
  { configurationSeal }: Needs,
  document: Configuration,
  sources: Readonly<Record<string, string>>,
): Configuration {
  const opened = [...leavesOf(document)].map(([key, value]): [string, Leaf] => {
    if (!SECRET_KEYS.includes(key)) return [key, value];
    try {
      return [key, configurationSeal.open(placeOf(sources[key]!, key), (value as string).slice(SEALED.length))];
    } catch (cause) {
      throw new AppError('configuration.secret_lost', { cause });
    }
  });
  return documentOf(new Map(opened));
}
