import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const palette = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6})[0-9a-f]{0,2}, (#[0-9a-f]{6})[0-9a-f]{0,2}\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const surfaces = ['paper', 'sunken', 'raised'];
const states = ['up', 'down', 'pending', 'conflict', 'off'];
const pairs = [
  ...['ink', 'ink-2', 'ink-3', 'accent'].flatMap((text) => surfaces.map((surface) => [text, surface])),
  ...states.flatMap((state) => [...surfaces, `${state}-tint`, 'accent-tint'].map((surface) => [state, surface])),
  ...states.flatMap((state) => surfaces.map((surface) => [`${state}-edge`, surface])),
  ...states.map((state) => [`${state}-edge`, `${state}-tint`]),
  ...states.flatMap((state) => ['ink', 'ink-2', 'ink-3'].map((text) => [text, `${state}-tint`])),
  ['ink', 'accent-tint'],
  ['ink-2', 'accent-tint'],
  // Solid buttons: paper on ink, paper on the colour of a dangerous act.
  ['paper', 'ink'],
  ['paper', 'down'],
] as [string, string][];

function color(name: string, theme: 'light' | 'dark'): string {
  const found = palette.get(name);
  if (!found) throw new Error(`tokens.css has no --${name} with a light and a dark value`);
  return found[theme];
}

test('the test knows the contrast of black on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  test.each(pairs)('%s on %s can be read', (text, surface) => {
    expect(contrast(color(text, theme), color(surface, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(surfaces)('the edge of a control on %s can be seen', (surface) => {
    // WCAG 2.2, 1.4.11: parts of a control need 3:1.
    expect(contrast(color('line-strong', theme), color(surface, theme))).toBeGreaterThanOrEqual(3);
  });
});
