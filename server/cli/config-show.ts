import { explainConfig } from '../config';
import { defineCommand, inColumns } from './command';
import { words } from '../../words/words';
import type { Say } from '../../words/say';

export const configShow = defineCommand({
  about: words('server.config_show.about'),
  async run({ config, say }) {
    const keys = explainConfig(config);
    const lines = keys.map(({ key, value, from }): [string, string] => [key, describe(value, from, say)]);
    return {
      json: Object.fromEntries(keys.map(({ key, value, from }) => [key, { value: value ?? null, from }])),
      lines: inColumns(lines).map((line) => line.trim()),
    };
  },
});

function describe(value: unknown, from: string | null, say: Say): string {
  const shown = value === undefined ? say(words('server.config_show.none')) : JSON.stringify(value);
  return from === null ? shown : say(words('server.config_show.from', { value: shown, place: from }));
}
