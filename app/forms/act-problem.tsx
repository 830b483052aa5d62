import { useTranslation } from 'react-i18next';
import { problemText, type Problem } from './problem';
import { Notice } from '../ui/notice';
import { RequestId } from '../ui/request-id';

/** What an act was refused for, beside its button. Only a failure of the server is worth looking up in its log. */
export function ActProblem({ problem }: { problem: Problem | null }) {
  const { t, i18n } = useTranslation();
  if (!problem) return null;
  return (
    <Notice title={problemText(t, problem, i18n.language)}>
      {problem.status >= 500 && <RequestId id={problem.requestId} />}
    </Notice>
  );
}
