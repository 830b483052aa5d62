// Named by their content, so that the browser may keep them for ever and an update still arrives.
const urls = import.meta.glob<string>('../../public/locales/*/translation.json', {
  eager: true,
  import: 'default',
  query: '?url&no-inline',
});

/** Where the browser finds the words of a language. */
export function translationUrl(language: string): string {
  const url = urls[`../../public/locales/${language}/translation.json`];
  if (!url) throw new Error(`no translation for ${language}`);
  return url;
}
