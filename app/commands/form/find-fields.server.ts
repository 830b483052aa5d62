import type { LoaderFunctionArgs } from '@remix-run/node';
import { fieldsOf, type FormField } from './form-fields';

/** The fields of the form of a kind of command. */
export async function findFields(api: LoaderFunctionArgs['context']['api'], kind: string): Promise<FormField[]> {
  const { kinds } = await api.commands.kinds();
  return fieldsOf(kinds.find((one) => one.kind === kind)?.parameters ?? {});
}
