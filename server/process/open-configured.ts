import type { OpenDatabase } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { sayIn } from '../../words/say';
import { type Config, languagesOfTerminal } from '../config';

/**
 * The database that the configuration names, which speaks the terminal's language.
 *
 * @param more what else `openDatabase` takes
 * @throws whatever `openDatabase` throws
 */
export const openConfigured = (
  { database_url, data_dir }: Pick<Config, 'database_url' | 'data_dir'>,
  more: Pick<Parameters<typeof openDatabase>[0], 'pool' | 'onError' | 'onQuery'> = {},
): Promise<OpenDatabase> =>
  openDatabase({
    ...more,
    url: database_url,
    directory: data_dir,
    // The words of other languages are unpacked only when there is something to say.
    say: (said) => sayIn(languagesOfTerminal())(said),
  });
