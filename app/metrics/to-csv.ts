import type { Series } from './chart-lines';

/**
 * What the charts show as a table (RFC 4180): a row a moment, and of each series its average and, where they differ, its
 * lowest and highest.
 */
export function toCsv({ series }: { series: readonly Series[] }): string {
  const columns = series.flatMap(({ metric, at, average, lowest, highest }) => {
    const column = (name: string, figures: readonly number[] | null) =>
      figures ? [{ name, of: new Map(at.map((moment, i) => [moment, figures[i]])) }] : [];
    return [
      ...column(metric, average),
      ...column(`${metric} (lowest)`, lowest),
      ...column(`${metric} (highest)`, highest),
    ];
  });
  const moments = [...new Set(series.flatMap(({ at }) => at))].sort((a, b) => a - b);
  const rows = moments.map((moment) => [
    new Date(moment * 1000).toISOString(),
    ...columns.map(({ of }) => String(of.get(moment) ?? '')),
  ]);
  return [['time', ...columns.map(({ name }) => name)], ...rows]
    .map((row) => `${row.map(quoted).join(',')}\r\n`)
    .join('');
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
