import type { ParseKeys, TFunction } from 'i18next';
import type { AppErrorCode, Issue } from '../../server/errors';
import { formatWait } from '../ui/figures/format-figure';

/** A refusal of `context.api`, as JSON: what the page needs to say what happened and where. */
export interface Problem {
  /** Stable name, and the translation key below `errors`. */
  code: string;
  requestId: string | null;
  /** HTTP status. */
  status: number;
  /** Where the input was wrong: `path` is the field's name. */
  issues: Issue[];
  /** When trying again makes sense; null where nobody knows. */
  retryAfterSeconds: number | null;
}

/**
 * What an action shows beside its form. Anything that is not a refusal is thrown on:
 * a redirect to sign-in must still redirect, and a mistake of ours must reach the log.
 */
export function asProblem(thrown: unknown): Problem {
  if (!isRefusal(thrown)) throw thrown;
  const { code, requestId = null, issues = [], retryAfterSeconds = null } = thrown.data;
  return { code, requestId, issues, retryAfterSeconds, status: thrown.init?.status ?? 500 };
}

interface Refusal {
  type: 'DataWithResponseInit';
  data: Pick<Problem, 'code'> & Partial<Problem>;
  init: ResponseInit | null;
}

// Remix exports the function that makes these and nothing that recognises them.
function isRefusal(thrown: unknown): thrown is Refusal {
  if (typeof thrown !== 'object' || thrown === null || !('type' in thrown)) return false;
  if (thrown.type !== 'DataWithResponseInit' || !('data' in thrown)) return false;
  return hasCode(thrown.data);
}

/** Whether this is the body of a refusal, as an error boundary receives it. */
export function hasCode(body: unknown): body is Refusal['data'] {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

/** Agents' refusals are never shown on a page. */
type PeoplesCode = Exclude<AppErrorCode, `agent.${string}`>;

/**
 * The sentence for a refusal, with the time that is left where that is known. A code that this version has no words for
 * still gives its name, which can be searched for.
 */
export function problemText(t: TFunction, { code, retryAfterSeconds }: Problem, language: string): string {
  // It may be any text at run time. As a code the compiler knows, each of them must have its words in the English file.
  const key: ParseKeys = `errors.${code as PeoplesCode}`;
  const when = retryAfterSeconds === null ? { context: 'untimed' } : { time: formatWait(retryAfterSeconds, language) };
  return t(key, { ...when, defaultValue: t('errors.unknown', { code }) });
}
