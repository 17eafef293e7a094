/** Reads shell lines as a shell does, without running what they name. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each word ends with NUL, each call with a word that is a record separator, each line with one that is a group separator. */
const SCRIPT = String.raw`
PATH=/nonexistent
surfwatch() { printf '%s\0' "$@" >&3; printf '\036\0' >&3; }
npx() { if [ "$1" = surfwatch ]; then shift; surfwatch "$@"; fi; }
sudo() { "$@"; }
jq() { :; }; curl() { :; }
for line; do
  (eval "$line") || { echo "$line" >&2; exit 1; }
  printf '\035\0' >&3
done`;

/** The arguments of each `surfwatch …` in each line, pipes and quotes and all: read in one go, as a shell is slow to start. */
export function surfwatchCalls(lines: readonly string[]): string[][][] {
  const folder = mkdtempSync(join(tmpdir(), 'surfwatch-shell-'));
  const { status, output, stderr } = spawnSync('bash', ['-c', SCRIPT, 'bash', ...lines], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    // A line may redirect its output to a file.
    cwd: folder,
  });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(stderr);
  const all: string[][][] = [];
  let calls: string[][] = [];
  let call: string[] = [];
  for (const word of String(output[3] ?? '').split('\0')) {
    if (word === '\u001d') {
      all.push(calls);
      calls = [];
    } else if (word === '\u001e') {
      calls.push(call);
      call = [];
    } else call.push(word);
  }
  return all;
}
