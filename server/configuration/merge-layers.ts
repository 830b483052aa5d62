import { createHash } from 'node:crypto';
import { type Configuration, documentOf, type Leaf, leavesOf } from '../../agent/configuration/schema';

export interface Layer {
  /** `global`, or `host/` and an id. */
  layer: string;
  document: Configuration;
}

/** The document of a host, and which layer each of its keys is from. */
export interface Merged {
  /** SHA-256 of the document as JSON with sorted keys, hex. */
  hash: string;
  document: Configuration;
  sources: Record<string, string>;
}

/** @param layers from the one that counts least to the one that counts most; of a list the last one counts whole */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const leaves = new Map<string, Leaf>();
  const sources: Record<string, string> = {};
  for (const { layer, document } of layers) {
    for (const [key, value] of leavesOf(document)) {
      leaves.set(key, value);
      sources[key] = layer;
    }
  }
  const document = documentOf(leaves);
  return { hash: createHash('sha256').update(JSON.stringify(document)).digest('hex'), document, sources };
}
