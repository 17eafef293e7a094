/**
 * Fits the read-out that tells soiled areas of a frame from clean ones (src/vision/soiling.ts) on photos, tele frames and drawn scenes that are
 * soiled by `scripts/spoil/lens.ts`. The surf cam, the streams and the photos of the other half are never looked at.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { loadBackboneBundle } from '../src/vision/bundle.ts';
import { SOILING_FILE } from '../src/vision/soiling.ts';
import { areasOf, openAreaReader } from './soiling/areas.ts';
import { fitReadOut } from './soiling/fit.ts';
import { learningPictures } from './soiling/pictures.ts';

const BACKBONE = 'models/backbone/surfwatch-mobilenetv2-v3';

const program = new Command('train-soiling')
  .description('Fits what tells dirt on the lens, and writes it beside the backbone.')
  .option('--data <folder>', 'folder with watersports/ and windsurf-tele/', '../shared/data')
  .option('--backbone <folder>', 'the backbone it is for', BACKBONE)
  .option('--out <file>', `where to write (default: ${SOILING_FILE} in the backbone's folder)`)
  .option('--every <n>', 'only each nth clean picture, where there is little time', '1')
  .option('--id <id>', 'its name', new Date().toISOString().slice(0, 10))
  .addHelpText(
    'after',
    '\nTakes ten minutes on two cores.\n\nExample: npx tsx scripts/train-soiling.ts --out /tmp/soiling.json',
  )
  .parse();
const options = program.opts<{ data: string; backbone: string; out?: string; id: string; every: string }>();
const out = resolve(options.out ?? join(options.backbone, SOILING_FILE));
const { manifest } = await loadBackboneBundle(options.backbone);
const reader = await openAreaReader(options.backbone);
const rows: { vector: Float32Array; soiled: boolean }[] = [];
let pictures = 0;
for await (const picture of learningPictures(options.data, Number(options.every))) {
  for (const row of await areasOf(reader, picture)) rows.push(row);
  if (++pictures % 100 === 0) console.error(`${pictures} pictures, ${rows.length} areas`);
}
await reader.close();
const { bias, weights, loss } = fitReadOut(rows, manifest.cells?.width ?? 0);
await mkdir(dirname(out), { recursive: true });
const file = {
  v: 1,
  id: options.id,
  backbone: manifest.weights.sha256,
  bias,
  weights: Buffer.from(weights.buffer).toString('base64'),
};
await writeFile(out, `${JSON.stringify(file, null, 2)}\n`);
const soiled = rows.filter(row => row.soiled).length;
console.log(`${out}: ${pictures} pictures, ${rows.length} areas, ${soiled} soiled, loss ${loss.toFixed(4)}`);
