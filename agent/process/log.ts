import { inEnglish } from '../../words/say';
import type { Said } from '../../words/words';
import { redactTokens } from '../enrolment-token';
import { LOG_LEVELS, type LogLevel } from './log-level';

export type Log = Record<LogLevel, (message: Said) => void>;

/**
 * One line a message on standard error: instant (ISO 8601, UTC), level, text.
 * Keys, proofs and challenges are never passed to it.
 *
 * @param level what is written; a function where that may change
 * @param write receives each whole line, newline included, and the same in English
 * @param say the language of whoever reads it
 */
export function createLog(
  level: LogLevel | (() => LogLevel),
  write: (line: string, inEnglish: string) => void = (line) => void process.stderr.write(line),
  now: () => Date = () => new Date(),
  say = inEnglish,
): Log {
  const loudest = () => LOG_LEVELS.indexOf(typeof level === 'function' ? level() : level);
  const writer = (at: LogLevel) => (message: Said) => {
    if (LOG_LEVELS.indexOf(at) > loudest()) return;
    const head = `${now().toISOString()} ${at.padEnd(5)}`;
    const line = `${head} ${printable(say(message))}\n`;
    write(line, say === inEnglish ? line : `${head} ${printable(inEnglish(message))}\n`);
  };
  return { error: writer('error'), warn: writer('warn'), info: writer('info'), debug: writer('debug') };
}

/** Keeps the newest lines, so many bytes of them at least. */
export function keepTail(bytes = 128 * 1024) {
  let [older, newer] = ['', ''];
  return {
    add(line: string): void {
      newer += line;
      if (newer.length >= bytes) [older, newer] = [newer, ''];
    },
    tail: (most: number): string => (older + newer).slice(-most),
  };
}

/** A message as it may be shown and kept: on one line, and without a secret that somebody put where none belongs. */
export const printable = (message: string) => escapeControls(redactTokens(message));

/**
 * A server's words may reach the log; a newline or an escape sequence in them must not forge a line or drive a
 * terminal.
 */
function escapeControls(message: string): string {
  return message.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what it is for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
