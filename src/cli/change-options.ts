/** `surfwatch options`: reads and changes settings of a running daemon. */
import { Command } from 'commander';
import type * as z from 'zod';
import { optionsAnswer } from './daemon/answers.ts';
import { addDaemonOptions, type DaemonFlags, runVerb, WHERE_IT_IS } from './daemon/options.ts';
import { printTable } from './table.ts';

interface OptionsFlags extends DaemonFlags {
  readonly reset?: readonly string[];
  readonly explain: boolean;
}

export function optionsCommand(): Command {
  return addDaemonOptions(new Command('options'))
    .description('read and change settings of a running daemon')
    .argument('[names or changes...]', 'a setting or group to show; key=value to change a setting')
    .option('-r, --reset <names...>', 'reset settings or groups to the configuration; * for all')
    .option('--explain', 'say what each setting does', false)
    .addHelpText('after', HELP)
    .action(options);
}

const HELP = `${WHERE_IT_IS}

Changes take effect at once, all or none, and survive a restart of the daemon; they take precedence over its config file until
they are reset. Write values as for --set: durations as 5s, objects as JSON. (--set itself sets the settings by which this
command finds the daemon.) A setting that needs a restart is answered option-fixed.

Examples:
  $ surfwatch options
  $ surfwatch options activity --explain
  $ surfwatch options camera.interval=5s activity.heartbeat=2m
  $ surfwatch options 'activity.thresholds={"surfing":0.6}'
  $ surfwatch options --reset camera.interval activity
`;

async function options(given: readonly string[], flags: OptionsFlags): Promise<void> {
  const changes = given.filter(text => text.includes('='));
  const names = given.filter(text => !text.includes('='));
  const set = Object.fromEntries(
    changes.map(text => [text.slice(0, text.indexOf('=')).trim(), text.slice(text.indexOf('=') + 1)]),
  );
  const args = {
    ...(names.length > 0 && { get: names }),
    ...(changes.length > 0 && { set }),
    ...(flags.reset !== undefined && { reset: flags.reset }),
  };
  await runVerb(flags, {
    verb: 'options',
    args,
    answer: optionsAnswer,
    print: shown => print(shown, flags.explain),
  });
}

function print({ options: shown }: z.infer<typeof optionsAnswer>, explain: boolean): void {
  const rows = Object.entries(shown).map(([path, { value, source, default: fallback, type, doc }]) => [
    path,
    JSON.stringify(value),
    source,
    ...(explain ? [JSON.stringify(fallback), type, doc] : []),
  ]);
  const more = explain ? ['default', 'type', 'what it does'] : [];
  printTable(['setting', 'value', 'source', ...more], rows);
}
