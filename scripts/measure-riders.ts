/** Measures a head that finds riders on frames with boxes, camera by camera: how much, and what it takes for riders. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { loadHead } from '../src/activity/head-bundle.ts';
import { printTable } from '../src/cli/table.ts';
import { listMaterial } from '../src/training/riders/data/list-material.ts';
import { judgementOf } from '../src/training/riders/describe.ts';
import { choosePerCamera } from '../src/training/riders/judge/judge-cameras.ts';
import { type JudgedFrame, placeCalibration } from '../src/training/riders/judge/place-calibration.ts';
import { readWhole } from '../src/training/riders/judge/read-frame.ts';
import { type Background, outputsOf } from '../src/training/riders/outputs.ts';
import { FIGURE_COLUMNS, figureCells, groundRows } from '../src/training/riders/report/rows.ts';
import { PRECISIONS, type Precision } from '../src/vision/backbone.ts';
import { loadBackboneBundle } from '../src/vision/bundle.ts';
import type { CellEngine } from '../src/vision/cells/engine.ts';
import { createBackbone } from '../src/vision/engines/create.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly head: string;
  readonly cameras?: string;
  readonly areas?: string;
  readonly frames: string;
  readonly precision: Precision;
  readonly own: boolean;
  readonly json: boolean;
}

const program = new Command('measure-riders')
  .argument('<folders...>', 'frames with boxes')
  .option('--models <dir>', 'the folder with backbone/ and riders/', 'models')
  .option('--backbone <id>', 'its backbone', 'surfwatch-mobilenetv2-v3')
  .option('--head <id>', 'the head', 'current')
  .option('--cameras <names>', 'these cameras or folders alone, with commas')
  .option('--areas <file>', 'areas.json')
  .addOption(new Option('--precision <name>', 'of the pass').choices(PRECISIONS).default('fp32'))
  .option('--frames <n>', 'of each camera, at most', '40')
  .option('--no-own', 'calibrate anew on these very frames: what two heads could do at best')
  .option('--json', 'answer as JSON', false)
  .parse();

const flags = program.opts<Flags>();
const { manifest, weights } = await loadBackboneBundle(join(flags.models, 'backbone', flags.backbone));
const { manifest: head, ...network } = await loadHead(join(flags.models, 'riders'), flags.head, {
  id: manifest.id,
  sha256: manifest.weights.sha256,
});
const { backbone } = await createBackbone(
  { manifest, weights },
  { engine: 'auto', threads: availableParallelism(), precision: flags.precision },
  undefined,
  'frames',
);
const cells = backbone.cells as CellEngine;
// The names of other background outputs than ours change nothing here.
const outputs = outputsOf(head.activities, (head.background ?? []) as Background[]);
const wanted = flags.cameras === undefined ? null : new Set(flags.cameras.split(','));
const options = {
  areas: null,
  proposals: null,
  leftOut: new Set<string>(),
  groups: new Map<string, string>(),
};
const material = (await listMaterial(program.args, options)).filter(
  ({ camera, source }) => wanted === null || wanted.has(camera) || wanted.has(source),
);
const frames: JudgedFrame[] = [];
for (const index of choosePerCamera(material, Number(flags.frames))) {
  const picture = material[index];
  if (picture === undefined) continue;
  frames.push({
    ...(await readWhole(cells, head.width, picture.path, network, outputs)),
    material: picture,
  });
  process.stderr.write(`\r${frames.length} frames read`);
}
process.stderr.write('\n');
await backbone.close();

const [calibration] = head.calibration;
const own =
  flags.own && calibration !== undefined && head.cells !== undefined
    ? { rider: calibration, kite: { slope: 1, intercept: 0 }, cells: head.cells }
    : null;
const { overall, cameras, ground } = judgementOf(frames, outputs, own ?? placeCalibration(frames, outputs));
if (flags.json) console.log(JSON.stringify({ overall, cameras, ground }));
else {
  printTable(
    ['', ...FIGURE_COLUMNS],
    [['all', ...figureCells(overall)], ...cameras.map(each => [each.name, ...figureCells(each)])],
  );
  const shown = [overall.auc, overall.foundAt?.five, overall.foundAt?.twenty].map(
    figure => figure?.toFixed(3) ?? '–',
  );
  for (const row of groundRows(ground)) console.log(`taken for land or sky: ${row.join(' ')}`);
  console.log(`AUC ${shown[0]}; found at 5 % false frames ${shown[1]}, at 20 % ${shown[2]}`);
}
