import { explainConfig } from '../config';
import { defineCommand, inColumns } from './command';

export const configShow = defineCommand({
  about: 'Each key, its value and where that comes from: a file, a variable, or nowhere. Secrets are masked.',
  async run({ config }) {
    const keys = explainConfig(config);
    const lines = keys.map(({ key, value, from }): [string, string] => [
      key,
      `${value === undefined ? '(none)' : JSON.stringify(value)}${from ? `  from ${from}` : ''}`,
    ]);
    return {
      json: Object.fromEntries(keys.map(({ key, value, from }) => [key, { value: value ?? null, from }])),
      text: inColumns(lines)
        .map((line) => line.trim())
        .join('\n'),
    };
  },
});
