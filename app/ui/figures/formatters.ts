/**
 * Intl's formatters, kept for as long as the program runs: to make one takes a hundred times as long as to format with
 * it, and a list formats hundreds of times. There is one for each language, zone and shape that our code names.
 */
export const numberFormat = kept(Intl.NumberFormat);
export const dateFormat = kept(Intl.DateTimeFormat);
export const listFormat = kept(Intl.ListFormat);
export const relativeFormat = kept(Intl.RelativeTimeFormat);

function kept<Options, Formatter>(Kind: new (locale: string, options: Options) => Formatter) {
  const made = new Map<string, Formatter>();
  return (locale: string, options: Options): Formatter => {
    const key = locale + JSON.stringify(options);
    const formatter = made.get(key) ?? new Kind(locale, options);
    made.set(key, formatter);
    return formatter;
  };
}
