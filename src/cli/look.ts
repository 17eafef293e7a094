/** `surfwatch look`: draws what is seen in a frame on the frame. */
import { extname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import pino from 'pino';
import { systemClock } from '../base/clock.ts';
import { replaceFile } from '../base/durable.ts';
import { createSource } from '../capture/create.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { grabOnce } from '../pipeline/one-frame.ts';
import { PICTURE_LIMITS } from '../vision/decode.ts';
import { countTexts, frameAnswerOf } from './classify-output.ts';
import { judgeFrame, openBeachReader } from './judge.ts';
import { drawLook } from './look-drawing.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { readPicture } from './pictures.ts';

interface LookFlags extends ConfigOptions {
  readonly out: string;
  readonly json: boolean;
}

/** Instead of a file: one picture of the configured camera. */
const CAMERA = 'camera';

export function lookCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('look')))
    .description('draw the riders found in a frame of a beach camera')
    .argument(
      '<picture>',
      `a JPEG, PNG or WebP file, - for standard input, or ${CAMERA} for a picture of the camera`,
    )
    .requiredOption('-o, --out <file>', 'the drawing, .png or .jpg', pictureName)
    .option('--json', 'answer with one JSON object, as classify --camera does', false)
    .addHelpText('after', HELP)
    .action(look);
}

const HELP = `
Boxes have the estimated size of the riders and the colour of the activity, and show the probability of a rider. Detections
too weak to count are drawn faintly: many of them where nobody is, or none where somebody is, show what to train. Zones of the
config are outlined; the square in the corner is the smallest rider that the model sees well, which vision.detail sets.

Examples:
  $ surfwatch look beach-camera.jpg --out look.png
  $ surfwatch look camera --out look.jpg --config /etc/surfwatch/config.json
`;

function pictureName(name: string): string {
  if (/^\.(png|jpe?g)$/i.test(extname(name))) return name;
  throw new InvalidArgumentError('It must end in .png or .jpg.');
}

async function look(picture: string, { out, json, ...options }: LookFlags): Promise<void> {
  const { settings } = settingsFrom(options);
  const bytes =
    picture === CAMERA ? await takePicture(settings) : await readPicture(picture, PICTURE_LIMITS.maxBytes);
  const reader = await openBeachReader(settings);
  try {
    const judged = await judgeFrame(reader, bytes, settings);
    const drawing = await drawLook(bytes, judged, {
      name: picture,
      zones: settings.zones.length === 0 ? [] : zonesOf(settings),
      head: reader.head.manifest.id,
      format: /\.png$/i.test(out) ? 'png' : 'jpeg',
    });
    await replaceFile(out, drawing);
    const answer = frameAnswerOf(picture, judged);
    if (json) console.log(JSON.stringify({ ...answer, out }));
    else
      console.log(
        `${picture}: ${[judged.activity, ...countTexts(judged.count)].join(', ')}; drawn in ${out}`,
      );
  } finally {
    await reader.close();
  }
}

/** @throws SurfwatchError `camera-…` */
async function takePicture({ camera }: Settings): Promise<Buffer> {
  const parts = { clock: systemClock, timeoutMs: camera.timeoutMs, newId: () => 'look' };
  const source = createSource(camera, { clock: systemClock, log: pino({ level: 'silent' }) });
  const { bytes } = await grabOnce(source, parts, new AbortController().signal);
  return bytes;
}
