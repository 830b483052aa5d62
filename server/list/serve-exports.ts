import { type Request, type Response, Router } from 'express';
import { v7 as uuidv7 } from 'uuid';
import type { Context } from '../context';
import { AppError } from '../errors';
import { sendPieces } from '../http/send-pieces';
import { refuse } from '../rest/refuse';
import { createCaller } from '../router';
import { CONTENT_TYPES, DEFAULT_FORMAT, type ExportFormat } from './export';
import { matchLanguage } from '../../words/match-language';
import { sayIn } from '../../words/say';
import { findLanguage, languages } from '../http/languages';

/** What can be exported, by the name that its address, its procedure and its file have. */
export const EXPORTED = ['audit', 'certificates', 'hosts', 'users'] as const;
type Exported = (typeof EXPORTED)[number];

/**
 * In which language the columns are named: on the pages as these are; over REST as `Accept-Language` asks, and not as
 * the account says, for scripts read them. Undefined where nobody asks for one.
 */
const languageOf = (request: Request, { listener, session }: Context): string | undefined =>
  listener === 'web'
    ? findLanguage(request, session?.user.language ?? null)
    : matchLanguage(request.acceptsLanguages(), languages);

/**
 * `GET /hosts/export?format=csv|jsonl` and the filters of `hosts.list`: the procedure `hosts.export` as a download, on
 * either listener; and so on. The call spends and mints a token like any other, before the first piece of the answer.
 */
export function serveExports(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(name: Exported, request: Request, response: Response): Promise<void> {
    const caller = await createContext(request, response);
    const language = languageOf(request, caller);
    const sayHeadings = language === undefined ? null : sayIn([language]);
    const context = { ...caller, isDownload: true, sayHeadings };
    // Judged by the procedure, as all input is.
    const open = createCaller(context)[name].export as (input: object) => Promise<AsyncIterable<string>>;
    const format = (request.query.format as ExportFormat | undefined) ?? DEFAULT_FORMAT;
    const file = `${name}-${new Date().toISOString().slice(0, 10)}.${format}`;
    await sendPieces(
      { request, response, context },
      {
        open: () => open(request.query),
        headers: {
          'Content-Type': CONTENT_TYPES[format],
          'Content-Disposition': `attachment; filename="${file}"`,
          ...(format === 'csv' && { Vary: 'Accept-Language' }),
          ...(format === 'csv' && language !== undefined && { 'Content-Language': language }),
        },
        what: `export of ${name}`,
      },
    );
  }

  const router = Router();
  for (const name of EXPORTED) {
    const path = `/${name}/export`;
    // Express would answer it with GET's handler: the whole list would be read to send none of it.
    router.head(path, (request, response) => {
      response.set('Allow', 'GET');
      refuse(request, response, new AppError('request.method'), uuidv7());
    });
    router.get(path, (request, response, next) => void answer(name, request, response).catch(next));
  }
  return router;
}
