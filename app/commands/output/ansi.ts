/** Text of one look. */
export interface Span {
  text: string;
  className: string;
}

/** ECMA-48, 8.3.117: 30–37 and, brighter, 90–97. Black and white are whatever can be read on the page. */
const COLOURS = ['', 'text-down', 'text-up', 'text-pending', 'text-accent', 'text-conflict', 'text-accent', ''];

/** CSI sequences, OSC sequences up to their end, and any other escape with what belongs to it (ECMA-48, 5.4). */
// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const ESCAPE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;

/** What else a terminal would act on. Tab and the end of a line stay. */
// eslint-disable-next-line no-control-regex -- as it says
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** What programs write for terminals as coloured text: colours and bold count, everything else is left out. */
export function readAnsi(text: string): Span[] {
  const spans: Span[] = [];
  let colour = '';
  let isBold = false;
  let at = 0;
  const add = (piece: string) => {
    const clean = piece.replaceAll('\r\n', '\n').replace(CONTROL, '');
    const className = [colour, isBold ? 'font-semibold' : ''].filter(Boolean).join(' ');
    if (clean === '') return;
    const last = spans.at(-1);
    if (last?.className === className) last.text += clean;
    else spans.push({ text: clean, className });
  };
  for (const found of text.matchAll(ESCAPE)) {
    add(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2] !== 'm') continue;
    const codes = (found[1] || '0').split(';').map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      if (code === 0) [colour, isBold] = ['', false];
      else if (code === 1) isBold = true;
      else if (code === 22) isBold = false;
      else if (code === 39) colour = '';
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30]!;
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90]!;
      // Of 256 colours or of any: what follows is its number, and no code.
      else if (code === 38 || code === 48) i += codes[i + 1] === 5 ? 2 : 4;
    }
  }
  add(text.slice(at));
  return spans;
}
