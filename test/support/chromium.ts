/** The system's Chromium, for what only a browser can show. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [
    process.env.CHROMIUM ?? '',
    ...folders.flatMap(folder => NAMES.map(name => join(folder, name))),
  ].find(path => path !== '' && existsSync(path));
}

/** Whether there is one; tests that need it are skipped where there is none (`apt install chromium`). */
export function hasChromium(): boolean {
  return findChromium() !== undefined;
}

/** Headless. Whoever launches it closes it. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium on PATH (apt install chromium)');
  // Its own sandbox needs rights that containers seldom have; it opens files of ours alone.
  return await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...args],
  });
}
