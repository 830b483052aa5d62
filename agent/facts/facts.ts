import { createHash } from 'node:crypto';
import { createPackageReader } from '../collect/facts/packages';
import { readNetwork } from '../collect/facts/network';
import { readReboot } from '../collect/facts/reboot';
import { readServices } from '../collect/facts/services';
import { readStorage } from '../collect/facts/storage';
import { readUsers } from '../collect/facts/users';
import { fitText } from '../collect/fit';
import type { Configuration } from '../configuration/schema';
import type { MachineFacts } from '../collect/machine';
import type { Log } from '../process/log';
import { type Facts, type FactSection, factsText, MAX_FACTS_BYTES, MOST_FACTS } from '../protocol';

/** Reads a section; null where this machine cannot tell. */
type Readers = { [Section in FactSection]: () => Promise<Facts | null> };

/** What this machine knows of itself, as it was at the last look. Outlives connections. */
export interface FactBook {
  /** Reads all of it anew. A section that cannot be read stays as it was, and that is logged once. */
  look(): Promise<void>;
  /** Of every section there is. */
  hashes(): Partial<Record<FactSection, string>>;
  /** The hash over all hashes; undefined until the first look. */
  digest(): string | undefined;
  section(name: FactSection): Section | undefined;
}

interface Section {
  hash: string;
  /** `factsText`'s JSON as an object. */
  json: string;
}

const hashFacts = (facts: Parameters<typeof factsText>[0]) =>
  createHash('sha256').update(factsText(facts)).digest('base64url');

/** @param collectors what of it is wanted, at each look */
export function createFactBook(
  readers: Readers,
  log: Log,
  collectors: () => Configuration['collectors'] = () => undefined,
): FactBook {
  const sections = new Map<FactSection, Section>();
  const failing = new Set<FactSection>();
  let digest: string | undefined;
  const hashes = () => Object.fromEntries([...sections].map(([name, { hash }]) => [name, hash]));
  return {
    async look() {
      const { off = [], most_facts: most } = collectors() ?? {};
      // One after the other: nobody waits for it, and the machine has other things to do.
      for (const [name, read] of Object.entries(readers) as [FactSection, Readers[FactSection]][]) {
        try {
          const found = off.includes(name) ? null : await read();
          if (found) sections.set(name, asSection(fitFacts(found, most)));
          else sections.delete(name);
          failing.delete(name);
        } catch (error) {
          if (!failing.has(name)) log.warn(`${name}: the facts cannot be read: ${(error as Error).message}`);
          failing.add(name);
        }
      }
      digest = hashFacts(hashes());
    },
    hashes,
    digest: () => digest,
    section: (name) => sections.get(name),
  };
}

/** @param readMachine what `hello` says, of which some is told here too so that it has a history */
export function readersOf(readMachine: () => Promise<MachineFacts>): Readers {
  return {
    async system() {
      const { fqdn, osName, osVersion, kernel, architecture, agentVersion } = await readMachine();
      const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return { fqdn, 'os.name': osName, 'os.version': osVersion, kernel, architecture, timezone, agent: agentVersion };
    },
    async hardware() {
      const { manufacturer, model, virtualisation, cpuModel, cpuCores, memoryBytes } = (await readMachine()).hardware;
      return {
        manufacturer,
        model,
        virtualisation,
        'cpu.model': cpuModel,
        'cpu.cores': cpuCores,
        'memory.bytes': memoryBytes,
      };
    },
    network: readNetwork,
    storage: readStorage,
    users: readUsers,
    packages: createPackageReader(),
    services: readServices,
    reboot: readReboot,
  };
}

/** How many were left out, where the wire does not take all. */
const LEFT_OUT = '(left out)';

/** What the wire takes of it: a quarter of its bound at most, which is how far the list of a machine compresses. */
export function fitFacts(facts: Facts, most = MOST_FACTS): Facts {
  const all = Object.entries(facts)
    .map(([name, value]) => [fitText(name, 300), typeof value === 'string' ? fitText(value, 1000) : value] as const)
    .filter(([name, value]) => name !== '' && (typeof value !== 'number' || Number.isFinite(value)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  let bytes = 0;
  const fitting = all.slice(0, most - 1).filter((fact) => {
    bytes += Buffer.byteLength(JSON.stringify(fact));
    return bytes <= MAX_FACTS_BYTES / 4;
  });
  const leftOut = all.length - fitting.length;
  return { ...Object.fromEntries(fitting), ...(leftOut > 0 && { [LEFT_OUT]: leftOut }) };
}

const asSection = (facts: Facts): Section => ({ hash: hashFacts(facts), json: JSON.stringify(facts) });
