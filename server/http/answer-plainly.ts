import type { Request, Response } from 'express';
import { errorWords } from '../rest/say-error';
import { chooseLanguage } from './languages';

/** What is said where no page can be made. */
interface Plain {
  status: number;
  /** In the language of whoever asked, for a browser. */
  say: (language: string) => string;
  /** For whatever else asks, in English. */
  line: string;
  requestId?: string;
}

/**
 * Answers without the pages, which may be what has failed: a browser with a page of one sentence, in the language that
 * it asks for, and the way to try again; whatever else asks with a line.
 */
export function answerPlainly(request: Request, response: Response, { status, say, line, requestId }: Plain): void {
  response.status(status).vary('Accept');
  if (request.accepts(['text', 'html']) !== 'html') return void response.type('text').send(`${line}\n`);
  // Not the account's: to find it takes the database.
  const language = chooseLanguage(request, null);
  const { nonce = '' } = response.locals as { nonce?: string };
  const direction = errorWords.directionOf(language);
  const again =
    request.method === 'GET' && `<p><a href="">${asHtml(errorWords.text('act.tryAgain', language))}</a></p>`;
  response
    .set('Content-Language', language)
    .type('html')
    .send(
      [
        `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8">`,
        '<meta name="viewport" content="width=device-width"><title>SysManage</title>',
        `<style nonce="${nonce}">:root{color-scheme:light dark;font:1rem/1.5 system-ui}`,
        'body{max-width:40rem;margin:15vh auto;padding:0 1rem;overflow-wrap:anywhere}</style></head><body><main>',
        `<h1>SysManage</h1><p>${asHtml(say(language))}</p>`,
        requestId ? `<p><code>${requestId}</code></p>` : '',
        again || '',
        '</main></body></html>\n',
      ].join(''),
    );
}

const asHtml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
