/** Frames with boxes, in any of the formats they come in. */
import { basename, relative, resolve } from 'node:path';
import type { BoxedFrame, ReadFrames } from './boxes.ts';
import { readBoxesJson } from './boxes-json.ts';
import { readCoco } from './coco.ts';
import type { Finding } from './findings.ts';
import { datasetKind, type FrameFormat } from './kind.ts';
import { readFrameManifest } from './manifest.ts';
import { readYolo } from './yolo.ts';

const READERS: Readonly<
  Record<FrameFormat, (directory: string, activities?: readonly string[]) => Promise<ReadFrames>>
> = { 'boxes.json': readBoxesJson, COCO: readCoco, YOLO: readYolo };

/**
 * Lists the frames of a folder with `boxes.json`, YOLO labels or COCO lists, in a fixed order. A `manifest.csv` tells
 * their groups (`group`) and cameras (`camera`); without groups several cameras are one each, and frames of one camera
 * ten blocks of time. Boxes are cut to the frame; those that cannot be used are dropped.
 *
 * @param activities names of classes that stand for themselves, besides the usual three
 * @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`
 */
export async function listFrames(directory: string, activities?: readonly string[]): Promise<BoxedFrame[]> {
  const kind = await datasetKind(directory);
  const format = kind.kind === 'frames' ? kind.format : 'boxes.json';
  return (await readFrames(directory, format, activities)).frames;
}

/** Lists the frames as {@link listFrames} does, with what is wrong with their boxes. */
export async function readFrames(
  directory: string,
  format: FrameFormat,
  activities?: readonly string[],
): Promise<FoundFrames> {
  return grouped(directory, await READERS[format](directory, activities));
}

/** Lists the frames of a folder that a list like `boxes.json` anywhere describes. */
export async function readListedFrames(
  directory: string,
  list: string,
  activities?: readonly string[],
): Promise<FoundFrames> {
  return grouped(directory, await readBoxesJson(directory, activities, list));
}

export interface FoundFrames {
  readonly frames: BoxedFrame[];
  readonly findings: readonly Finding[];
}

async function grouped(directory: string, { frames, findings }: ReadFrames): Promise<FoundFrames> {
  const listed = await readFrameManifest(directory);
  const folder = basename(resolve(directory));
  const ordered = frames
    .map(frame => ({
      frame,
      moment: momentOf(frame.path),
      ...listed(relative(directory, frame.path).replaceAll('\\', '/')),
    }))
    .sort((a, b) => compare(a.moment, b.moment) || compare(a.frame.path, b.frame.path));
  const moments = [...new Set(ordered.map(({ moment }) => moment))];
  const index = new Map(moments.map((moment, at) => [moment, at]));
  const severalCameras = new Set(ordered.map(({ camera }) => camera)).size > 1;
  return {
    frames: ordered.map(({ frame, moment, group, camera = folder }) => {
      const block = Math.floor(((index.get(moment) ?? 0) * TIME_BLOCKS) / moments.length);
      const assumed = severalCameras ? `${folder}/${camera}` : `${folder}#${block}`;
      return { ...frame, group: group ?? assumed, camera };
    }),
    findings,
  };
}

/** How many blocks of time the frames of one camera are grouped into. */
const TIME_BLOCKS = 10;

/** Cameras name frames in the order of time. Roboflow adds `.rf.HASH` to the name, a different one for each changed copy. */
function momentOf(path: string): string {
  return basename(path)
    .replace(/\.[^.]+$/, '')
    .replace(/\.rf\.[0-9a-zA-Z]+$/, '');
}

/** As `sort()` orders them, whatever the language of the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
