import { textOf } from '../forms/form-errors';
import { keepPage } from '../forms/keep-page';
import type { Problem } from '../forms/problem';
import type { Preview } from './configuration-types';

/** What was typed, and which version it is to replace. */
export interface Sent {
  text: string;
  message: string;
  etag: string;
}

/** What an edit came to. */
export interface Edited {
  /** To be shown again; null once it is saved. */
  sent: Sent | null;
  preview: Preview | null;
  /** The version that it became. */
  saved: number | null;
  problem: Problem | null;
}

export const sentIn = (form: FormData): Sent => ({
  // Browsers send the ends of lines as CRLF (HTML standard, "constructing the form data set").
  text: textOf(form, 'text').replaceAll('\r\n', '\n'),
  message: textOf(form, 'message'),
  etag: textOf(form, 'etag'),
});

export const keepEdited = keepPage<Edited>(({ problem }, form) => ({
  sent: sentIn(form),
  preview: null,
  saved: null,
  problem,
}));
