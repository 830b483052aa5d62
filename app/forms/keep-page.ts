import type { ClientActionFunctionArgs, ShouldRevalidateFunctionArgs } from '@remix-run/react';
import type { FormErrors } from './form-errors';
import { findOriginFault } from './origin-fault';
import type { Problem } from './problem';

/** As a proxy would say it: nobody answered. */
const NO_ANSWER = 504;

const UNREACHABLE: Problem = {
  code: 'unreachable',
  status: NO_ANSWER,
  requestId: null,
  issues: [],
  retryAfterSeconds: null,
};

/**
 * What a form shows that got no answer of ours. When it was refused for where it came from, or a proxy answered, the
 * server says why, if it is there.
 */
async function withoutAnswer(error: unknown): Promise<FormErrors<never>> {
  const fault = isForeign(error) ? await findOriginFault().catch(() => null) : null;
  return { fields: {}, problem: fault ? { ...UNREACHABLE, code: `origin.${fault}` } : UNREACHABLE };
}

/** Whether a form got no answer of ours: nothing was done with what it sent, as far as anybody knows. */
export const isUnanswered = (problem: Problem | null | undefined) => problem?.status === NO_ANSWER;

/**
 * A `clientAction`. Without it a form that gets no answer is an error of the page, and an error boundary stands in its
 * place, with all that was typed gone.
 * @param refused what the action answers when it refuses this form
 */
export const keepPage =
  <Answer>(refused: (errors: FormErrors<never>, form: FormData) => Answer) =>
  async ({ request, serverAction }: ClientActionFunctionArgs) => {
    const sent = request.clone();
    try {
      return await serverAction<Answer>();
    } catch (error) {
      if (!hasNoAnswer(error)) throw error;
      // A response: Remix takes the status of anything else from the answer that never came.
      return Response.json(refused(await withoutAnswer(error), await sent.formData()), { status: NO_ANSWER });
    }
  };

/** The same for an act, which has no fields. */
export const keepPageOfAct = keepPage(({ problem }) => ({ problem }));

/**
 * A `shouldRevalidate`, for each page that has acts: where nobody answered, nobody would answer its loader either, and
 * the page would be lost all the same. Remix asks the loaders of pages without one, whatever became of the act.
 */
export const reloadIfAnswered = ({ actionStatus, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) =>
  actionStatus !== NO_ANSWER && defaultShouldRevalidate;

/**
 * What `fetch` throws when there is no answer at all (Fetch standard, "network error"), in the words of Chromium,
 * Firefox and Safari; and what Remix throws when it was a proxy who answered.
 */
export const hasNoAnswer = (error: unknown) =>
  (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) || isForeign(error);

const isForeign = (error: unknown) =>
  error instanceof Error && error.message.startsWith('Unable to decode turbo-stream');
