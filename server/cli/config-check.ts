import { loadConfig } from '../config';
import { defineCommand } from './command';

export const configCheck = defineCommand({
  about: 'Names each mistake with its mend; nothing is started or written.',
  exitCodes: { 0: 'a server would start with it', 78: 'it is wrong; each mistake is a line' },
  async run({ config }) {
    const { data_dir } = loadConfig(config);
    return { json: { isRight: true, data_dir }, text: 'The configuration is right.' };
  },
});
