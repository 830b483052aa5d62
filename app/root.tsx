import type { LinksFunction, LoaderFunctionArgs } from '@remix-run/node';
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useHref,
  useLocation,
  useMatches,
  useNavigate,
  useRouteLoaderData,
  type ShouldRevalidateFunctionArgs,
} from '@remix-run/react';
import { useEffect, useState, type ReactNode } from 'react';
import { I18nProvider, RouterProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { isolate } from '../words/isolate';
import { usePageWords, useWordsAhead } from './i18n/use-page-words';
import { wordFilesOf } from './i18n/word-files';
import { reloadIfAnswered } from './forms/keep-page';
import { keepSentScript } from './forms/keep-sent';
import { endHydration } from './forms/keep-through-hydration';
import { useNonce } from './nonce';
import { pagesOf } from './page-handle';
import { PageProblem } from './page-problem';
// A file of its own, whose name carries its content's hash.
import mark from './logo.svg?no-inline';
import styles from './styles.css?url';
import { Announcer } from './ui/frame/announcer';
import { ClockProvider } from './ui/figures/clock';
import { KeptFocus } from './ui/frame/kept-focus';
import { Logo } from './ui/frame/logo';
import { readTheme } from './ui/frame/theme';

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: mark, type: 'image/svg+xml' },
];

export function loader({ request, context }: LoaderFunctionArgs) {
  return { theme: readTheme(request.headers.get('Cookie')), now: Date.now(), requestId: context.requestId };
}

/** Nothing here depends on the address; the request id of an action's failure comes with the failure. */
export const shouldRevalidate = (args: ShouldRevalidateFunctionArgs) =>
  Boolean(args.formMethod) && reloadIfAnswered(args);

export function Layout({ children }: { children: ReactNode }) {
  // First of all: what is below says something.
  usePageWords();
  const nonce = useNonce();
  const { t, i18n } = useTranslation();
  const { pathname } = useLocation();
  const root = useRouteLoaderData<typeof loader>('root');
  // Whoever goes to another page or chooses another language has its words by then.
  const [firstWords] = useState(() => wordFilesOf(i18n.language, pathname));
  const title = [
    ...pagesOf(useMatches(), t)
      .map((page) => isolate(page.title))
      .reverse(),
    t('product'),
  ].join(' · ');
  return (
    // The theme menu changes the attribute without React knowing.
    <html lang={i18n.language} dir={i18n.dir()} data-theme={root?.theme ?? 'system'} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {/* React Aria adds a style element; it finds the nonce here. Browsers hide a nonce from React, hence no
            warning. */}
        <meta name="csp-nonce" nonce={nonce} suppressHydrationWarning />
        <title>{title}</title>
        <Meta />
        <Links />
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: keepSentScript() }} suppressHydrationWarning />
        {/* Hydration waits for the words, so they are asked for before the script that asks for them. */}
        {firstWords.map(({ url }) => (
          <link key={url} rel="preload" as="fetch" href={url} crossOrigin="anonymous" />
        ))}
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function Root() {
  const root = useRouteLoaderData<typeof loader>('root');
  return (
    <Providers now={root?.now ?? 0}>
      <Outlet />
    </Providers>
  );
}

/** For what goes wrong outside the frame: an unknown address, or a frame that could not load. */
export function ErrorBoundary() {
  const root = useRouteLoaderData<typeof loader>('root');
  return (
    <Providers now={root?.now ?? 0}>
      <main className="mx-auto max-w-2xl px-4 py-12">
        <Logo />
        <PageProblem />
      </main>
    </Providers>
  );
}

function Providers({ now, children }: { now: number; children: ReactNode }) {
  const { i18n } = useTranslation();
  const navigate = useNavigate();
  useWordsAhead();
  // The end of hydration, for whoever drives the page by machine: before it, a menu button does nothing yet.
  useEffect(() => {
    endHydration();
    document.documentElement.dataset.hydrated = '';
  }, []);
  return (
    <I18nProvider locale={i18n.language}>
      <RouterProvider navigate={navigate} useHref={useHref}>
        <ClockProvider serverNow={now}>
          <Announcer>{children}</Announcer>
          <KeptFocus />
        </ClockProvider>
      </RouterProvider>
    </I18nProvider>
  );
}
