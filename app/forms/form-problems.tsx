import { useTranslation } from 'react-i18next';
import type { FormErrors } from './form-errors';
import { problemText } from './problem';
import { FormSummary } from '../ui/fields/form-summary';
import { RequestId } from '../ui/request-id';

/** The summary above a form that was refused: what to mend, each a link to its field, or why nothing can be. */
export function FormProblems<Field extends string>({
  errors,
  ids,
}: {
  errors: FormErrors<Field>;
  ids: Record<Field, string>;
}) {
  const { t, i18n } = useTranslation();
  const wrong = (Object.keys(ids) as Field[]).flatMap((field) => {
    const key = errors.fields[field];
    return key ? [{ id: ids[field], text: t(key) }] : [];
  });
  if (wrong.length > 0) {
    return <FormSummary title={t('form.failed', { count: wrong.length })} fields={wrong} occurrence={errors} />;
  }
  if (!errors.problem) return null;
  return (
    <FormSummary title={problemText(t, errors.problem, i18n.language)} occurrence={errors}>
      {errors.problem.status >= 500 && <RequestId id={errors.problem.requestId} />}
    </FormSummary>
  );
}
