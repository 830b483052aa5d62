import { words, type Said } from './words';

/** Whether `parseArgs` of Node threw it. */
export const isOfArguments = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

/** What is wrong with a command line, as `parseArgs` found it: Node says it in English alone. */
export function explainArguments({ code, message }: Error & { code: string }): Said {
  const name = /'(?:-\w, )?([^'\s]+)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return words('common.option.unknown', { option: name });
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return words('common.argument.unexpected', { argument: name });
  if (/does not take/.test(message)) return words('common.option.takes_no_value', { option: name });
  return words('common.option.needs_value', { option: name });
}
