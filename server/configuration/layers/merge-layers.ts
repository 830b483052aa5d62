import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Configuration, documentOf, type Leaf, leavesOf } from '../../../agent/configuration/schema';
import { GLOBAL } from './layer-name';

export interface Layer {
  /** `global`, or `fleet/` or `host/` and an id. */
  layer: string;
  document: Configuration;
  /** Of a fleet that people have ordered: the greater counts more. */
  place?: number | null;
}

/** Two fleets or more say different things of one key, and nobody has said which of them counts more. */
export interface Conflict {
  key: string;
  layers: string[];
}

/** The document of a host, and which layer each of its keys is from. */
export interface Merged {
  /** SHA-256 of the document as JSON with sorted keys, hex. */
  hash: string;
  document: Configuration;
  sources: Record<string, string>;
  /** While there are any, the host is given nothing new. The document has of such a key what all hosts are told. */
  conflicts: Conflict[];
}

/** Who a proxy is told that the machine is: nothing without the proxy that the same layer says. */
const OF_PROXY = ['server.proxy_user', 'server.proxy_password'] as const;

/**
 * All hosts' layer < fleets in their order < the host's own, key by key. Of a list the last one counts whole. A proxy
 * is one value with its user and its password: whoever may write one layer would else have another's sent to where they
 * say.
 */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const sorted = [...layers].sort((a, b) => rank(a) - rank(b) || (a.layer < b.layer ? -1 : 1));
  const said = new Map<string, { layer: Layer; value: Leaf }[]>();
  for (const layer of sorted) {
    for (const [key, value] of leavesOf(layer.document)) said.set(key, [...(said.get(key) ?? []), { layer, value }]);
  }
  const leaves = new Map<string, Leaf>();
  const sources: Record<string, string> = {};
  const conflicts: Conflict[] = [];
  for (const [key, words] of said) {
    const fleets = words.filter(({ layer }) => isFleet(layer));
    // What the host's own layer says is said whatever the fleets say.
    const isOpen = isFleet(words.at(-1)!.layer) && isConflict(fleets);
    if (isOpen) conflicts.push({ key, layers: fleets.map(({ layer }) => layer.layer) });
    const last = isOpen ? words.find(({ layer }) => layer.layer === GLOBAL) : words.at(-1);
    if (!last) continue;
    leaves.set(key, last.value);
    sources[key] = last.layer.layer;
  }
  const proxyFrom = sources['server.proxy'];
  for (const key of OF_PROXY) {
    if (proxyFrom === undefined || sources[key] === proxyFrom) continue;
    leaves.delete(key);
    delete sources[key];
  }
  const document = documentOf(leaves);
  const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  return { hash, document, sources, conflicts };
}

const isFleet = ({ layer }: Layer) => layer.startsWith('fleet/');

/** Fleets without a place come first: where they agree with the others, it does not matter. */
const rank = (layer: Layer) =>
  layer.layer === GLOBAL ? -2 : isFleet(layer) ? (layer.place ?? -1) : Number.MAX_SAFE_INTEGER;

const isConflict = (words: readonly { layer: Layer; value: Leaf }[]) =>
  words.some(({ layer }) => layer.place == null) &&
  words.some(({ value }) => !isDeepStrictEqual(value, words[0]!.value));
