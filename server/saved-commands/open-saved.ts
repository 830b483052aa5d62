import type { savedCommands } from '../../db/schema';
import type { SecretParameters } from '../commands/secret-parameters';
import { AppError } from '../errors';

/**
 * Its parameters, with its secrets. Throws `saved_command.secret_lost` where another secret of the server's sealed
 * them.
 */
export function openSaved(
  { secretParameters }: { secretParameters: SecretParameters },
  { id, parameters }: Pick<typeof savedCommands.$inferSelect, 'id' | 'parameters'>,
): Record<string, unknown> {
  try {
    return secretParameters.open(id, parameters);
  } catch (cause) {
    throw new AppError('saved_command.secret_lost', { cause });
  }
}
