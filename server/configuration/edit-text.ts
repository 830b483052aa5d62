import { isMap, parseDocument } from 'yaml';
import type { Leaf } from '../../agent/configuration/schema';

/**
 * The text with some keys set, or taken out where the value is null. All else stays as it is, comments too.
 * @param text without issues
 */
export function editText(text: string, changes: Iterable<readonly [key: string, value: Leaf | null]>): string {
  const document = parseDocument(text);
  let isChanged = false;
  for (const [key, value] of changes) {
    const [section, name] = key.split('.') as [string, string];
    isChanged = true;
    if (value === null) {
      document.deleteIn([section, name]);
      const rest: unknown = document.get(section);
      if (isMap(rest) && rest.items.length === 0) document.delete(section);
    } else {
      if (!isMap(document.contents)) document.contents = document.createNode({}) as never;
      if (!isMap(document.get(section))) document.set(section, document.createNode({}));
      document.setIn([section, name], value);
    }
  }
  if (!isChanged) return text;
  // Nothing is left but comments, or not even those.
  if (isMap(document.contents) && document.contents.items.length === 0) document.contents = null;
  const edited = document.toString({ lineWidth: 0 });
  return edited.trim() === 'null' ? '' : edited;
}
