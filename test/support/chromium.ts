/** The system's Chromium, for what only a browser can show. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** The first, which draws no window around the page, takes a third of the others' time. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [
    process.env.CHROMIUM ?? '',
    ...NAMES.flatMap(name => folders.map(folder => join(folder, name))),
  ].find(path => path !== '' && existsSync(path));
}

/** Whether there is one; tests that need it are skipped where there is none (`apt install chromium-headless-shell`). */
export function hasChromium(): boolean {
  return findChromium() !== undefined;
}

let shared: Browser | undefined;

/**
 * One for all files that a worker tests, as its start takes longer than most of what is looked at; each test has a context of
 * its own. It ends with the worker.
 */
export async function sharedChromium(): Promise<Browser> {
  if (shared?.isConnected()) return shared;
  const { TMPDIR, TEST_TEMPORARY } = process.env;
  // What it keeps outlives the file that is tested.
  process.env.TMPDIR = TEST_TEMPORARY;
  try {
    shared = await launchChromium();
    return shared;
  } finally {
    process.env.TMPDIR = TMPDIR;
  }
}

/** Headless. Whoever launches it closes it. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('there is no Chromium on PATH (apt install chromium-headless-shell)');
  // Its own sandbox needs rights that containers seldom have; it opens files of ours alone.
  return await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...args],
  });
}
