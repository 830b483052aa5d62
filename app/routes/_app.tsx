import { redirect, type LoaderFunctionArgs } from '@remix-run/node';
import {
  Outlet,
  useLoaderData,
  useLocation,
  useNavigation,
  useRouteLoaderData,
  type ShouldRevalidateFunctionArgs,
} from '@remix-run/react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeepTyped } from '../forms/keep-typed';
import { useWarnings } from '../certificates/use-warnings';
import { Frame } from '../frame';
import { reloadUnlessLive } from '../hosts/reload-unless-live';
import { useHostCounts } from '../hosts/use-host-counts';
import { usePageWords } from '../i18n/use-page-words';
import { PageProblem } from '../page-problem';
import type { loader as rootLoader } from '../root';
import { Skeleton } from '../ui/skeleton';

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const me = await api.users.me();
  if (!me) {
    const { pathname, search } = new URL(request.url);
    throw redirect(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  }
  // What would be refused is not asked for: whoever may see nothing still has an account.
  const may = new Set(me.permissions);
  const [hosts, warnings] = await Promise.all([
    may.has('hosts.read') ? api.hosts.counts() : null,
    may.has('certificates.read') ? api.certificates.warnings() : null,
  ]);
  return { me, hosts, warnings };
}

/** The frame stays while the pages in it change; what it counts comes by the live stream. */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) =>
  (Boolean(args.formMethod) || args.currentUrl.href === args.nextUrl.href) && reloadUnlessLive(args);

/**
 * The routes of acts are no pages, so their code would be asked for when a button is pressed; and when that fails,
 * Remix loads the whole page anew, with all that was typed gone.
 */
async function loadActs() {
  const acts = Object.values(window.__remixManifest.routes).filter(({ hasAction }) => hasAction);
  // One that does not come now is asked for again when it is needed.
  await Promise.allSettled(acts.map(({ module }): Promise<unknown> => import(/* @vite-ignore */ module)));
}

export default function App() {
  const { t } = useTranslation();
  const data = useLoaderData<typeof loader>();
  const root = useRouteLoaderData<typeof rootLoader>('root');
  const counts = useHostCounts(data.hosts);
  const warnings = useWarnings(data.warnings);
  const { pathname } = useLocation();
  const { location: next } = useNavigation();
  useEffect(() => void loadActs(), []);
  useKeepTyped(data.me.id);
  const hasWords = usePageWords();
  const isLeaving = next !== undefined && next.pathname !== pathname;
  return (
    <Frame
      me={data.me}
      theme={root?.theme ?? 'system'}
      waiting={counts ? counts.pending + counts.conflict : 0}
      warnings={warnings}
    >
      {/* The page that is left stays where it is for 300 ms; then the outline of the next one stands in for it. */}
      {isLeaving && (
        <div className="pointer-events-none absolute inset-0 z-10 animate-late bg-paper p-4 sm:p-6">
          <Skeleton label={t('wait.any')} />
        </div>
      )}
      {/* Anew at each address: what an act answered, or a form half filled in, is of one host or person and no other. */}
      {/* And for whoever signs in instead, in another tab: what is shown once was not for them. */}
      {hasWords ? <Outlet key={`${data.me.id} ${pathname}`} /> : <PageProblem />}
    </Frame>
  );
}
