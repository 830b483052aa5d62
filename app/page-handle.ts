import type { TFunction } from 'i18next';

/** What a route says of itself, for the breadcrumb and the window's title. */
export interface PageHandle {
  /** @param data its loader's answer; undefined when it failed */
  title: (t: TFunction, data: unknown) => string;
  /** The page it belongs to, where that is no route around it. */
  within?: { title: (t: TFunction) => string; path: string };
}

export interface Page {
  title: string;
  path: string;
}

/** The pages from the outermost to the innermost, of those routes that name themselves. */
export function pagesOf(matches: { handle: unknown; data: unknown; pathname: string }[], t: TFunction): Page[] {
  return matches.flatMap(({ handle, data, pathname }) => {
    if (!isPageHandle(handle)) return [];
    const { title, within } = handle;
    const page = { title: title(t, data), path: pathname };
    return within ? [{ title: within.title(t), path: within.path }, page] : [page];
  });
}

function isPageHandle(handle: unknown): handle is PageHandle {
  return typeof handle === 'object' && handle !== null && 'title' in handle && typeof handle.title === 'function';
}
