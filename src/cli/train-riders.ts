/** `surfwatch train` on frames with boxes: a head that finds riders. */
import { join } from 'node:path';
import pc from 'picocolors';
import { writeBase } from '../learning/base/base-files.ts';
import { RESERVED_SHARE } from '../learning/base/reserve.ts';
import { saveHead, selectHead } from '../learning/fit/save-head.ts';
import { loadSeen } from '../training/backbone-sight.ts';
import { parseFile } from '../training/data/files.ts';
import { judgedBy, sightWarning } from '../training/report/sight-words.ts';
import type { RidersJob } from '../training/riders/describe.ts';
import { FIT_DEFAULTS } from '../training/riders/fit/fit-cells.ts';
import type { RidersRecord } from '../training/riders/record.ts';
import { renderRidersCard } from '../training/riders/report/card.ts';
import { FIGURE_COLUMNS, figureCells, howJudged } from '../training/riders/report/rows.ts';
import { type TrainedRiders, trainRiders } from '../training/riders/train-riders.ts';
import { type BackboneBundle, loadBackboneBundle } from '../vision/bundle.ts';
import { printTable } from './table.ts';
import type { TrainFlags } from './train-options.ts';
import { printFindings } from './train-report.ts';

interface Phases {
  readonly onPhase: (name: string) => void;
  readonly onProgress: (done: number) => void;
  readonly end: () => void;
}

const DEFAULT_FOLDS = 4;

/** @returns the folder it was saved in, and what is known of it */
export async function trainRidersAndSave(
  folders: readonly string[],
  bundle: BackboneBundle,
  flags: TrainFlags,
  commandLine: string,
  phases: Phases,
): Promise<{ folder: string; record: RidersRecord }> {
  const training = await trainRiders(await jobOf(folders, flags, commandLine), bundle, phases);
  phases.end();
  return { folder: await save(training, flags), record: training.record };
}

async function jobOf(folders: readonly string[], flags: TrainFlags, command: string): Promise<RidersJob> {
  const { seed, epochs, batch, learningRate, hidden, dropout, judgeBackbone, judgeCameras } = flags;
  const given = { epochs, batch, learningRate, hidden, dropout };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // Before the pictures are checked, which takes a minute.
  for (const file of [flags.areas, flags.proposals]) {
    if (file !== undefined) await parseFile(file, text => JSON.parse(text));
  }
  return {
    folders,
    areas: flags.areas ?? null,
    proposals: flags.proposals ?? null,
    crops: flags.crops,
    folds: flags.folds ?? DEFAULT_FOLDS,
    judgeFrames: flags.judgeFrames,
    reserve: flags.reserve ?? RESERVED_SHARE,
    fit: { ...FIT_DEFAULTS, ...set, seed },
    seed,
    judge:
      judgeBackbone === undefined || judgeCameras === undefined
        ? null
        : {
            bundle: await loadBackboneBundle(judgeBackbone),
            cameras: judgeCameras,
            seen: await loadSeen(judgeBackbone),
          },
    seen: await loadSeen(join(flags.models, 'backbone', flags.backbone)),
    command,
    now: new Date(),
  };
}

async function save({ head, record, base }: TrainedRiders, flags: TrainFlags): Promise<string> {
  const files: Record<string, string | Uint8Array> = {
    ...writeBase(base),
    'metrics.json': `${JSON.stringify(record)}\n`,
    'README.md': renderRidersCard(record, flags.licence),
  };
  if (flags.report) {
    const { renderRidersReport } = await import('../training/riders/report/report.ts');
    files['report.html'] = await renderRidersReport(record);
  }
  const heads = join(flags.out, 'riders');
  const { id } = await saveHead(heads, head, files);
  if (flags.current) await selectHead(heads, id);
  return join(heads, id);
}

export function printRiders(
  { data, judged, head, fit }: RidersRecord,
  folder: string,
  { current, report }: { readonly current: boolean; readonly report: boolean },
): void {
  printFindings(data.findings);
  console.log(pc.bold(`${fit.fitted} cells of ${fit.crops} crops fitted`));
  console.log(pc.bold(`\nOn ${judgedBy('camera', judged.sight)}, judged ${howJudged(judged)}`));
  const warning = sightWarning('camera', judged.sight);
  if (warning !== null) console.log(pc.yellow(warning));
  printTable(
    ['', ...FIGURE_COLUMNS.map(name => name.toLowerCase())],
    [
      ['all', ...figureCells(judged.overall)],
      ...judged.cameras.map(camera => [camera.name, ...figureCells(camera)]),
    ],
  );
  const { auc, foundAt } = judged.overall;
  if (auc !== null && foundAt !== null) {
    const figures = [auc, foundAt.five, foundAt.twenty].map(figure => figure.toFixed(3));
    console.log(
      `\nbest rider above best false alarm ${figures[0]}; found at 5 % false frames ${figures[1]}, at 20 % ${figures[2]}`,
    );
  }
  console.log(
    `\na rider from ${head.cells.rider}, in a crowd from ${head.cells.crowd ?? head.cells.rider}, presence ${head.cells.presence.slope} × evidence ${head.cells.presence.intercept}`,
  );
  console.log(`saved ${folder}${current ? ', which is current now' : ''}`);
  if (report) console.log(`report ${join(folder, 'report.html')}`);
}
