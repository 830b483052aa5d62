import { textOf } from '../forms/form-errors';
import { keepPage } from '../forms/keep-page';
import type { Problem } from '../forms/problem';
import type { Layer, Preview } from './configuration-types';
import { type Drawn, drawnIn } from './fields';

/** What was typed, and which version it is to replace. */
export interface Sent {
  text: string;
  message: string;
  etag: string;
  /** Beside the text, as far as they are not in it. */
  fields: Drawn;
}

/** What an edit came to. */
export interface Edited {
  /** To be shown again; null once it is saved. */
  sent: Sent | null;
  preview: Preview | null;
  /** Names what was shown of it: a save that says it knows how many hosts it changes. */
  seen: string | null;
  /** The version that it became. */
  saved: number | null;
  /** What others have made of the layer since the edit began, and the text that it began with. */
  meanwhile: { layer: Layer; before: string } | null;
  errors: { problem: Problem | null } | null;
}

export const sentIn = (form: FormData): Sent => ({
  // Browsers send the ends of lines as CRLF (HTML standard, "constructing the form data set").
  text: textOf(form, 'text').replaceAll('\r\n', '\n'),
  message: textOf(form, 'message'),
  etag: textOf(form, 'etag'),
  fields: drawnIn(form),
});

/** An edit that was not looked at. */
export const notLookedAt = (sent: Sent, problem: Problem | null): Edited => ({
  ...{ sent, preview: null, seen: null, saved: null, meanwhile: null },
  errors: { problem },
});

export const keepEdited = keepPage<Edited>(({ problem }, form) => notLookedAt(sentIn(form), problem));
