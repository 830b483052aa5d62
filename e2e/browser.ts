import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { installPackage } from './install-package';

/** Debian's Chromium without what a window needs; journeys take 60 % of the processor time with it. */
const WITHOUT_WINDOW = 'chromium-headless-shell';
const NAMES = [
  WITHOUT_WINDOW,
  ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome.exe'],
];

const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap((folder) =>
    folder
      ? [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')]
      : [],
  ),
];

/**
 * A Chromium: the one named by CHROMIUM_PATH, an installed one, Playwright's own download, or, on Debian as root, the
 * distribution's package, which is then installed. Throws with one line that says what to do.
 */
export function findBrowser(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named && !works(named)) throw new Error(`CHROMIUM_PATH is ${named}, which is no working Chromium`);
  const found = named ?? find();
  // Each Playwright worker asks again; the answer must be the same, and quick.
  process.env.CHROMIUM_PATH = found;
  return found;
}

function find(): string {
  const installed = findInstalled() ?? [chromium.executablePath()].find(works);
  if (installed) return installed;
  // Ubuntu and older Debian have no package of the first name.
  const packaged = installPackage(WITHOUT_WINDOW, 'chromium') && findInstalled();
  if (packaged) return packaged;
  throw new Error('No Chromium found: run `npx playwright install --with-deps chromium`, or set CHROMIUM_PATH to one.');
}

function findInstalled(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...USUAL_PLACES].find(works);
}

/**
 * Ubuntu has a `chromium-browser` that only tells how to install it. On Windows asking for the version opens a window.
 */
function works(path: string): boolean {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true;
  try {
    return /chrom|edge/i.test(execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000, stdio: 'pipe' }));
  } catch {
    return false;
  }
}
