/** `surfwatch view`: what a board has learnt of its camera's view, and to have it forget that. */
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import * as z from 'zod';
import { systemClock } from '../base/clock.ts';
import { replaceFile } from '../base/durable.ts';
import { readStateFile, removeStateFile } from '../base/state-file.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { lockState } from '../host/state/lock.ts';
import { viewFile } from '../pipeline/view-store.ts';
import { restoreView } from '../vision/quality/store-view.ts';
import type { View } from '../vision/quality/view.ts';
import { readAnswer } from './daemon/answers.ts';
import { addDaemonOptions, askDaemon, type DaemonFlags, WHERE_IT_IS } from './daemon/options.ts';
import { localTime } from './daemon/words.ts';
import { settingsFrom } from './options.ts';
import { stateFolderOf } from './state-folder.ts';

interface ShowFlags extends DaemonFlags {
  readonly picture?: string;
}

export function viewCommand(): Command {
  const command = new Command('view').description('what a board has learnt about its camera’s view');
  command.addCommand(showCommand(), { isDefault: true });
  command.addCommand(forgetCommand());
  return command;
}

function showCommand(): Command {
  return addDaemonOptions(new Command('show'))
    .description('say from how many pictures the view was learnt (default)')
    .option('--picture <file>', 'write the learnt view as a PNG: the edges that do not move')
    .addHelpText('after', SHOW_HELP)
    .action(show);
}

const SHOW_HELP = `
The daemon notices fog or a moved camera by the edges in the view that do not move. This command reads view.json in stateDir,
which the daemon writes once an hour and when it stops; with --url, --site or --base it asks a running daemon.

Examples:
  $ surfwatch view -c /etc/surfwatch/config.json
  $ surfwatch view show -c board.json --picture view.png
  $ surfwatch view --url mqtt://192.168.1.5 --site north-pier --json
`;

function forgetCommand(): Command {
  return addDaemonOptions(new Command('forget'))
    .description('forget the view, so that it is learnt again; use it after moving the camera on purpose')
    .addHelpText('after', FORGET_HELP)
    .action(forget);
}

const FORGET_HELP = `${WHERE_IT_IS}

Otherwise a new view is reported as a moved camera until it has lasted six hours. The command asks a running daemon; if none
works in stateDir, it deletes the view left there.

Examples:
  $ sudo surfwatch view forget -c /etc/surfwatch/config.json
  $ surfwatch view forget --url mqtt://192.168.1.5 --site north-pier
`;

const viewAnswer = z.object({ pictures: z.number(), seconds: z.number(), forgotten: z.boolean() });
type Answer = z.infer<typeof viewAnswer>;

const isElsewhere = ({ url, site, base }: DaemonFlags) =>
  [url, site, base].some(given => given !== undefined);

async function show(flags: ShowFlags): Promise<void> {
  if (isElsewhere(flags)) return say(await ask(flags, {}), flags, null);
  const file = viewFile(stateFolderOf(settingsFrom(flags)));
  const { value, damage } = await readStateFile(file, null);
  if (damage !== null) throw new SurfwatchError('storage-failed', damage);
  const view = viewIn(value);
  const written = view === undefined ? null : (await stat(file.path)).mtime;
  if (view !== undefined && flags.picture !== undefined) await draw(view.edges, flags.picture);
  say(answerOf(view, false), flags, written);
}

function viewIn(stored: object | null): View | undefined {
  return stored === null ? undefined : restoreView(stored, 0)?.view;
}

function answerOf(view: View | undefined, forgotten: boolean): Answer {
  const { frames = 0, learntMs = 0 } = view ?? {};
  return { pictures: frames, seconds: Math.round(learntMs / 1000), forgotten };
}

async function draw(edges: Float32Array, path: string): Promise<void> {
  const { viewPicture } = await import('./view-picture.ts');
  try {
    await replaceFile(path, await viewPicture(edges));
  } catch (error) {
    throw new SurfwatchError('output-unwritable', messageOf(error), { cause: error });
  }
}

async function forget(flags: DaemonFlags): Promise<void> {
  say(isElsewhere(flags) ? await ask(flags, { forget: true }) : await forgetHere(flags), flags, null);
}

/** That of a daemon which works in the folder, or what one left there. */
async function forgetHere(flags: DaemonFlags): Promise<Answer> {
  const stateDir = stateFolderOf(settingsFrom(flags));
  const file = viewFile(stateDir);
  const { value } = await readStateFile(file, null);
  try {
    const lock = lockState(stateDir, systemClock.now());
    try {
      await removeStateFile(file);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof SurfwatchError && error.code === 'state-locked')) throw error;
    return ask(flags, { forget: true });
  }
  return answerOf(viewIn(value), true);
}

async function ask(flags: DaemonFlags, args: { forget?: true }): Promise<Answer> {
  const { timeout: timeoutMs } = flags;
  const data = await askDaemon(flags, daemon => daemon.request('view', args, { timeoutMs }));
  return readAnswer('view', viewAnswer, data);
}

function say(answer: Answer, { json }: DaemonFlags, written: Date | null): void {
  const { pictures, seconds, forgotten } = answer;
  if (json) {
    console.log(JSON.stringify({ ...answer, written }));
    return;
  }
  if (pictures === 0) console.log('nothing is known of the view yet');
  else {
    const known = `learnt from ${pictures} pictures over ${(seconds / 3600).toFixed(1)} hours`;
    console.log(written === null ? known : `${known}, written ${localTime(written)}`);
  }
  if (forgotten) console.log('forgotten: it is learnt again from the next picture on');
}
