import { expect, test } from 'vitest';
import { readTheme } from './theme';

test.each([
  [null, 'system'],
  ['', 'system'],
  ['session=abc; theme=dark', 'dark'],
  ['theme=light', 'light'],
  ['theme="><script>', 'system'],
  ['my_theme=dark', 'system'],
])('from %j reads %s', (cookies, theme) => {
  expect(readTheme(cookies)).toBe(theme);
});
