/** `surfwatch export`: backbone and head as one model file for other runtimes. */
import { Command, Option } from 'commander';
import { SHIPPED_MODELS } from '../base/paths.ts';
import { SurfwatchError } from '../errors.ts';
import { FORMAT_NAMES, FORMATS, type FormatName, formatOf } from '../exchange/export/formats.ts';
import { type ExportModel, loadExportModel, PRECISIONS, type Precision } from '../exchange/export/model.ts';
import { saveExport } from '../exchange/export/save.ts';
import type { Ranges } from '../vision/bundle.ts';
import { startProgress } from './progress.ts';

interface ExportFlags {
  readonly format: FormatName;
  readonly precision: Precision;
  readonly out?: string;
  readonly models: string;
  readonly backbone: string;
  readonly head: string;
  readonly calibrate?: string;
  readonly json: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      'write backbone and head as one model for onnxruntime, TensorFlow Lite, TensorFlow.js or Keras',
    )
    .addOption(
      new Option('-f, --format <name>', 'format to write').choices(FORMAT_NAMES).makeOptionMandatory(),
    )
    .addOption(
      new Option('-p, --precision <name>', 'precision of the weights and of the computation')
        .choices(PRECISIONS)
        .default('float32'),
    )
    .option('-o, --out <path>', 'file or folder to write (default: named after head, precision and format)')
    .option('--models <dir>', 'the folder with backbone/ and heads/', SHIPPED_MODELS)
    .option('--backbone <id>', 'the backbone', 'surfwatch-mobilenetv2-v3')
    .option('--head <id>', 'the head, or current', 'current')
    .option('--calibrate <dir>', 'with int8: measure the ranges of all layers on the pictures below DIR')
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
Formats:
${FORMAT_NAMES.map(name => `  ${name.padEnd(8)}${FORMATS[name].precisions.join(', ').padEnd(16)}${FORMATS[name].summary}`).join('\n')}

The model takes pictures of 224 × 224 RGB pixels and answers with the calibrated probability of each activity; an activity
is present from its threshold on. Names, thresholds and the scaling of the pixels are in the file's metadata.
int8 is a third of the size and faster on processors with integer instructions; it agrees with float32 on more than 99
pictures of 100. It needs the range of each layer's output: the shipped backbone has them; for another one, or for pictures
unlike those of a beach, give --calibrate a folder of 100 or more pictures like those the model will meet.

Examples:
  $ surfwatch export --format tflite --precision int8 --out surfwatch.tflite
  $ surfwatch export --format onnx --out surfwatch.onnx --head current
  $ surfwatch export --format onnx --precision int8 --models my-models --calibrate photos/
`;

async function run(flags: ExportFlags): Promise<void> {
  const format = formatOf(flags.format);
  if (!format.precisions.includes(flags.precision)) {
    throw new SurfwatchError(
      'export-unsupported',
      `${flags.format} is written in ${format.precisions.join(' or ')}, not in ${flags.precision}`,
    );
  }
  const model = await loadExportModel({ dir: flags.models, backbone: flags.backbone, head: flags.head });
  const ranges = flags.precision === 'int8' ? await rangesFor(model, flags) : null;
  const write = await format.load();
  const files = await write(model, { precision: flags.precision, ranges });
  const out = flags.out ?? `${model.headId}-${flags.precision}${format.extension || `-${flags.format}`}`;
  const written = await saveExport(out, format.kind, files);
  const difference = format.check === undefined ? null : await format.check(model, files);
  report(flags, model, written, difference);
}

async function rangesFor(model: ExportModel, flags: ExportFlags): Promise<Ranges> {
  if (flags.calibrate !== undefined) return measure(model, flags.calibrate);
  if (model.ranges !== null) return model.ranges;
  throw new SurfwatchError(
    'export-needs-ranges',
    `backbone ${model.backboneId} has no ranges of its layers in its manifest`,
  );
}

async function measure(model: ExportModel, directory: string): Promise<Ranges> {
  const { findCalibrationPictures } = await import('./calibration-pictures.ts');
  const { measureRanges } = await import('../exchange/export/ranges.ts');
  const pictures = await findCalibrationPictures([directory], model.input.size);
  const progress = startProgress('measuring', pictures.count);
  const ranges = await measureRanges(model.backbone, pictures.read(), () => progress.step());
  progress.stop();
  return ranges;
}

function report(
  flags: ExportFlags,
  model: ExportModel,
  files: readonly { path: string; bytes: number }[],
  difference: number | null,
): void {
  if (flags.json) {
    const { activities, thresholds, backboneId, headId } = model;
    console.log(
      JSON.stringify({
        format: flags.format,
        precision: flags.precision,
        files,
        backbone: backboneId,
        head: headId,
        activities,
        thresholds,
        difference,
      }),
    );
    return;
  }
  for (const { path, bytes } of files) console.log(`${path}  ${(bytes / 1e6).toFixed(2)} MB`);
  console.log(`${flags.format} ${flags.precision} of head ${model.headId} on ${model.backboneId}`);
  if (difference !== null) {
    console.log(
      `On a drawn pattern its probabilities differ from the daemon's by ${difference.toPrecision(1)} at most.`,
    );
  }
}
