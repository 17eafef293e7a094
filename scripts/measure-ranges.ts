/** Measures what each layer of a backbone gives on pictures, and keeps it in the backbone's manifest for int8 exports. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { replaceFile } from '../src/base/durable.ts';
import { SHIPPED_MODELS } from '../src/base/paths.ts';
import { findCalibrationPictures } from '../src/cli/calibration-pictures.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { startProgress } from '../src/cli/progress.ts';
import { measureRanges } from '../src/exchange/export/ranges.ts';
import { loadBackboneBundle } from '../src/vision/bundle.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
}

const program = new Command('measure-ranges')
  .description('write the range of each layer into the manifest of a backbone')
  .argument('<folders...>', 'folders of pictures, as many from each')
  .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
  .option('--backbone <id>', 'the backbone', 'surfwatch-mobilenetv2-v3')
  .action(measure);

async function measure(folders: string[], { models, backbone }: Flags): Promise<void> {
  const folder = join(models, 'backbone', backbone);
  const bundle = await loadBackboneBundle(folder);
  const pictures = await findCalibrationPictures(folders, bundle.manifest.input.size);
  const progress = startProgress('measuring', pictures.count);
  const measured = await measureRanges(bundle, pictures.read(), () => progress.step());
  progress.stop();
  const ranges = Object.fromEntries(
    Object.entries(measured).map(([name, { min, max }]) => [name, { min: short(min), max: short(max) }]),
  );
  const path = join(folder, 'manifest.json');
  const manifest = { ...JSON.parse(await readFile(path, 'utf8')), ranges };
  await replaceFile(path, `${JSON.stringify(manifest, null, 1)}\n`);
  console.log(`${path}: ranges of ${Object.keys(ranges).length} outputs on ${pictures.count} pictures`);
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}

await exitOnError(() => program.parseAsync());
