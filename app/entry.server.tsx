import { PassThrough } from 'node:stream';
import {
  createReadableStreamFromReadable,
  type AppLoadContext,
  type EntryContext,
  type HandleDataRequestFunction,
  type HandleErrorFunction,
} from '@remix-run/node';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToPipeableStream } from 'react-dom/server';
import { I18nextProvider } from 'react-i18next';
import { compress, compressedBody } from './compress.server';
import { translator } from './i18n/translate.server';
import { NonceProvider } from './nonce';

/** How long a loader's promise may stream before the page ends without it, in milliseconds. */
export const streamTimeout = 5_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce, language, mayCompress, reportFailure }: AppLoadContext,
): Promise<Response> {
  // Remix leaves a loader's headers to each route, which would all have to say the same of this one.
  const { loaderHeaders, actionHeaders } = remixContext.staticHandlerContext;
  for (const thrown of Object.values({ ...loaderHeaders, ...actionHeaders })) {
    const seconds = thrown.get('Retry-After');
    if (seconds) headers.set('Retry-After', seconds);
  }
  const i18n = await translator(language);
  // A crawler, or a page whose shell must not arrive before its data, gets everything at once.
  const readyEvent = isbot(request.headers.get('user-agent')) ? 'onAllReady' : 'onShellReady';

  return new Promise((resolve, reject) => {
    let hasShell = false;
    const { pipe, abort } = renderToPipeableStream(
      <NonceProvider value={nonce}>
        <I18nextProvider i18n={i18n}>
          <RemixServer context={remixContext} url={request.url} nonce={nonce} />
        </I18nextProvider>
      </NonceProvider>,
      {
        nonce,
        [readyEvent]() {
          hasShell = true;
          const body = mayCompress ? compressedBody(headers) : new PassThrough();
          headers.set('Content-Type', 'text/html; charset=utf-8');
          headers.set('Content-Language', i18n.language);
          resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
          pipe(body);
        },
        onShellError: reject,
        onError(error) {
          // Before the shell is out, `onShellError` rejects and Remix reports it; afterwards nobody else does.
          if (hasShell) reportFailure(error);
          status = 500;
        },
      },
    );
    setTimeout(abort, streamTimeout + 1_000).unref();
  });
}

/** What pages ask for when they are gone to by a click, and each time they load their data again. */
export const handleDataRequest: HandleDataRequestFunction = (answer, { context }) =>
  context.mayCompress ? compress(answer) : answer;

/** What a loader threw without meaning to. `context.api` has logged its own errors, so this is a mistake in a page. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  // An address that leads nowhere is the visitor's mistake, and a scanner's thousand would drown ours.
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  context.reportFailure(error);
};
