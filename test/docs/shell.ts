/** Reads shell lines as a shell does, without running what they name. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The arguments of each `surfwatch …` in a line, pipes and quotes and all. */
export function surfwatchCalls(line: string): string[][] {
  const script = [
    'PATH=/nonexistent',
    // Each word ends with NUL, each call with a word that is a record separator.
    "surfwatch() { printf '%s\\0' \"$@\" >&3; printf '\\036\\0' >&3; }",
    'npx() { if [ "$1" = surfwatch ]; then shift; surfwatch "$@"; fi; }',
    'sudo() { "$@"; }',
    'jq() { :; }; curl() { :; }',
    line,
  ].join('\n');
  const folder = mkdtempSync(join(tmpdir(), 'surfwatch-shell-'));
  const { status, output, stderr } = spawnSync('bash', ['-c', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    // A line may redirect its output to a file.
    cwd: folder,
  });
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
  const words = String(output[3] ?? '').split('\0');
  const calls: string[][] = [];
  let call: string[] = [];
  for (const word of words.slice(0, -1)) {
    if (word === '\u001e') {
      calls.push(call);
      call = [];
    } else call.push(word);
  }
  return calls;
}
