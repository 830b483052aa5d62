/** One number of a family. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  suffix?: string;
}

/** Numbers under one name: what Prometheus calls a metric family. */
export interface Family {
  /** Lower case, with its unit in the base form of SI, `_total` at the end of a counter. */
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples(): Sample[] | Promise<Sample[]>;
}

interface Counter<Label extends string> extends Family {
  inc(label: Label): void;
}

/**
 * A counter with one label, whose values are all there from the beginning: what has not happened yet is 0, and a rate
 * of it is not missing.
 */
export function createCounter<Label extends string>(
  about: Pick<Family, 'name' | 'help'>,
  label: string,
  values: readonly Label[],
): Counter<Label> {
  const counts = new Map<Label, number>(values.map((value) => [value, 0]));
  return {
    ...about,
    type: 'counter',
    inc: (value) => void counts.set(value, counts.get(value)! + 1),
    samples: () => [...counts].map(([value, count]) => ({ labels: { [label]: value }, value: count })),
  };
}

interface Histogram extends Family {
  observe(value: number): void;
}

/** @param bounds the upper ones, ascending; one without a bound comes behind them */
export function createHistogram(about: Pick<Family, 'name' | 'help'>, bounds: readonly number[]): Histogram {
  const counts = [...bounds, Infinity].map((le) => ({ le, count: 0 }));
  let sum = 0;
  return {
    ...about,
    type: 'histogram',
    observe(value) {
      counts.find(({ le }) => value <= le)!.count++;
      sum += value;
    },
    samples() {
      let total = 0;
      const buckets = counts.map(({ le, count }) => {
        total += count;
        return { suffix: '_bucket', labels: { le: le === Infinity ? '+Inf' : String(le) }, value: total };
      });
      return [...buckets, { suffix: '_sum', value: sum }, { suffix: '_count', value: total }];
    },
  };
}

/** The media type of `writeFamilies`. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The text format of Prometheus, version 0.0.4 ("Exposition formats" of its documentation).
 * @param onFailure told of a family that cannot say its numbers now; it is left out, and the others are there
 */
export async function writeFamilies(
  families: readonly Family[],
  onFailure: (name: string, error: unknown) => void,
): Promise<string> {
  const texts = await Promise.all(
    families.map(async (family) => {
      try {
        return writeFamily(family, await family.samples());
      } catch (error) {
        onFailure(family.name, error);
        return '';
      }
    }),
  );
  return texts.join('');
}

const writeFamily = (family: Family, samples: Sample[]) => `${writeHead(family)}${writeSamples(family, samples)}`;

/** What stands above the samples of a family, once. */
export const writeHead = ({ name, help, type }: Omit<Family, 'samples'>) =>
  `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}\n`;

/** A line each. */
export function writeSamples({ name }: Pick<Family, 'name'>, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels = {}, value, suffix = '' }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text).replaceAll('"', '\\"')}"`);
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join()}}` : ''} ${value}\n`;
  });
  return lines.join('');
}

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
