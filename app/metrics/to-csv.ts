import type { Series } from './chart-lines';

interface Headings {
  time: string;
  lowest: (metric: string) => string;
  highest: (metric: string) => string;
}

/**
 * What the charts show as a table (RFC 4180): a row a moment, and of each series its average and, where they differ,
 * its lowest and highest. Metrics keep the names that the REST API has for them; what is said of them is in a language.
 */
export function toCsv({ series }: { series: readonly Series[] }, headings: Headings): string {
  const columns = series.flatMap(({ metric, at, average, lowest, highest }) => {
    const column = (name: string, figures: readonly number[] | null) =>
      figures ? [{ name, of: new Map(at.map((moment, i) => [moment, figures[i]])) }] : [];
    return [
      ...column(metric, average),
      ...column(headings.lowest(metric), lowest),
      ...column(headings.highest(metric), highest),
    ];
  });
  const moments = [...new Set(series.flatMap(({ at }) => at))].sort((a, b) => a - b);
  const rows = moments.map((moment) => [
    new Date(moment * 1000).toISOString(),
    ...columns.map(({ of }) => String(of.get(moment) ?? '')),
  ]);
  return [[headings.time, ...columns.map(({ name }) => name)], ...rows]
    .map((row) => `${row.map(quoted).join(',')}\r\n`)
    .join('');
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
