import { loadConfig } from '../config';
import { defineCommand } from './command';
import { words } from '../../words/words';

export const configCheck = defineCommand({
  about: words('server.config_check.about'),
  exitCodes: { 0: words('server.config_check.exit_0'), 78: words('server.config_check.exit_78') },
  async run({ config }) {
    const { data_dir } = loadConfig(config);
    return { json: { isRight: true, data_dir }, lines: [words('server.config_check.right')] };
  },
});
