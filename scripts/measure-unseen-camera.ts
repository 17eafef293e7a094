/**
 * Tries the head on a camera that neither it nor the backbone has seen: one picture of `../shared/data/streams/
 * surfcrowd_1.mp4`, 3 s in, with 22 sitting surfers whose places were read off it by hand.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { createClassifier } from '../src/activity/classifier.ts';
import { scoreEmbeddings } from '../src/activity/head.ts';
import { presentActivities, scoresOf } from '../src/activity/scores.ts';
import { exitOnError } from '../src/commands/exit.ts';
import { tileView } from '../src/learning/embedding/views.ts';
import { measure, type Prediction } from '../src/learning/fit/metrics.ts';
import { PACKAGE_ROOT, SHIPPED_MODELS } from '../src/ops/paths.ts';
import type { RawPicture } from '../src/vision/decode.ts';

/** Middle of each surfer, in pixels of the picture at 1280 × 720. */
const SURFERS: readonly (readonly [number, number])[] = [
  [780, 436],
  [829, 439],
  [851, 440],
  [863, 445],
  [876, 421],
  [885, 452],
  [960, 435],
  [974, 430],
  [981, 421],
  [992, 430],
  [997, 436],
  [1003, 427],
  [1021, 436],
  [1044, 428],
  [1073, 421],
  [1092, 420],
  [1128, 419],
  [1151, 422],
  [1187, 424],
  [1215, 434],
  [1259, 409],
  [1264, 439],
];
const WIDTH = 1280;
const HEIGHT = 720;

const program = new Command('measure-unseen-camera')
  .description('balanced accuracy of the head, tile by tile, on a surf cam it has never seen')
  .option('--models <dir>', 'the folder with backbone/ and heads/', SHIPPED_MODELS)
  .option('--backbone <id>', 'its backbone', 'surfwatch-mobilenetv2-1.0-224')
  .option('--head <id>', 'a head, or current', 'current')
  .option('--video <file>', 'the video', join(PACKAGE_ROOT, '..', 'shared/data/streams/surfcrowd_1.mp4'))
  .option('--json', 'answer as JSON', false)
  .action(run);
await exitOnError(() => program.parseAsync());

async function run(flags: {
  models: string;
  backbone: string;
  head: string;
  video: string;
  json: boolean;
}): Promise<void> {
  const picture = await frameOf(flags.video);
  const models = { dir: flags.models, backbone: flags.backbone, head: flags.head };
  const classifier = await createClassifier(models, {
    engine: 'auto',
    threads: 0,
    maxBytes: 1e7,
    maxPixels: 1e8,
  });
  for (const side of [112, 160, 240, 346]) {
    const predictions: Prediction[] = [];
    for (const { left, top, truth } of tiles(side)) {
      const rectangle = { x: left / WIDTH, y: top / HEIGHT, w: side / WIDTH, h: side / HEIGHT };
      const pixels = await tileView(picture, rectangle, 224);
      const probabilities = scoreEmbeddings(classifier.head, await classifier.backbone.embed(pixels, 1), 1);
      const scores = scoresOf(classifier.head.manifest, probabilities, 0);
      predictions.push({
        truth,
        found: presentActivities(scores, classifier.head.manifest.thresholds),
        scores,
      });
    }
    const { classes, pictures } = measure(predictions, classifier.head.manifest.activities);
    const recall = classes.surfing?.recall ?? 0;
    const specificity = classes.none?.recall ?? 0;
    const result = { side, tiles: pictures, recall, specificity, balanced: (recall + specificity) / 2 };
    console.log(
      flags.json
        ? JSON.stringify(result)
        : `${side} px: ${pictures} tiles, recall ${recall.toFixed(3)}, specificity ${specificity.toFixed(3)}, balanced ${result.balanced.toFixed(3)}`,
    );
  }
  await classifier.close();
}

async function frameOf(video: string): Promise<RawPicture> {
  const args = [
    '-v',
    'error',
    '-ss',
    '3',
    '-i',
    video,
    '-frames:v',
    '1',
    '-f',
    'image2pipe',
    '-c:v',
    'png',
    '-',
  ];
  const png = execFileSync('ffmpeg', args, { maxBuffer: 64e6 });
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

/** Half overlapping squares; those that cut a surfer at their very edge are left out. */
function* tiles(side: number) {
  const columns = Math.ceil((WIDTH - side) / (side / 2)) + 1;
  const rows = Math.ceil((HEIGHT - side) / (side / 2)) + 1;
  const margin = side * 0.06;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const left = (column * (WIDTH - side)) / (columns - 1);
      const top = (row * (HEIGHT - side)) / (rows - 1);
      const within = (room: number) =>
        SURFERS.some(
          ([x, y]) => x > left + room && x < left + side - room && y > top + room && y < top + side - room,
        );
      if (within(margin)) yield { left, top, truth: ['surfing'] };
      else if (!within(-margin)) yield { left, top, truth: [] };
    }
  }
}
