import {
  isRouteErrorResponse,
  Link,
  useLocation,
  useRevalidator,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { hasNoAnswer } from './forms/keep-page';
import { useKeepTypedMeanwhile } from './forms/keep-typed';
import { hasCode } from './forms/problem';
import { loadWords } from './i18n/load-words';
import type { loader as rootLoader } from './root';
import { Button, buttonClass } from './ui/button';
import { EmptyState } from './ui/empty-state';
import { RequestId } from './ui/request-id';

type Kind = 'notFound' | 'forbidden' | 'broken' | 'unreachable';

/**
 * The page that stands where a page could not: not found, forbidden, broken or unreachable, each with its own words.
 * Without an error, the page's own words did not come.
 */
export function PageProblem({
  notFound,
  onwards,
}: {
  notFound?: { title: string; text: string };
  /** Where the others of its kind are. */ onwards?: { to: string; text: string };
}) {
  const { t, i18n } = useTranslation();
  const error = useRouteError();
  useKeepTypedMeanwhile();
  const { pathname } = useLocation();
  const { revalidate, state } = useRevalidator();
  const root = useRouteLoaderData<typeof rootLoader>('root');
  const kind = kindOf(error);
  const tryAgain = () => void loadWords(i18n, i18n.language, pathname).then(revalidate);
  const body = isRouteErrorResponse(error) ? (error.data as unknown) : null;
  const requestId = (hasCode(body) ? body.requestId : root?.requestId) ?? null;
  const words =
    kind === 'notFound' && notFound ? notFound : { title: t(`problem.${kind}.title`), text: t(`problem.${kind}.text`) };
  return (
    <EmptyState {...words} level={1}>
      <div className="flex flex-wrap items-center gap-3">
        {(kind === 'broken' || kind === 'unreachable') && (
          <Button look="primary" isPending={state === 'loading'} onPress={tryAgain}>
            {t('act.tryAgain')}
          </Button>
        )}
        {kind === 'notFound' && onwards && (
          <Link to={onwards.to} className={buttonClass('quiet')}>
            {onwards.text}
          </Link>
        )}
        {pathname !== '/' && (
          <Link to="/" className={buttonClass('quiet')}>
            {t('problem.home')}
          </Link>
        )}
      </div>
      {kind !== 'unreachable' && <RequestId id={requestId} />}
    </EmptyState>
  );
}

function kindOf(error: unknown): Kind {
  if (isRouteErrorResponse(error)) {
    // 400: the address names something that cannot exist, such as an id that is none.
    if (error.status === 404 || error.status === 400) return 'notFound';
    return error.status === 403 ? 'forbidden' : 'broken';
  }
  return error === undefined || hasNoAnswer(error) ? 'unreachable' : 'broken';
}
