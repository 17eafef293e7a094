/** How small a rider can be seen with this camera on this machine, and what reading a frame takes. */
import { join } from 'node:path';
import { createBeachReader, type ReadFrame } from '../../activity/beach-reader.ts';
import type { Settings } from '../../config/settings.ts';
import { headFolders, resolveHead } from '../../learning/models/resolve.ts';
import { affordable, fixedDetail } from '../../vision/cells/detail.ts';
import { pixelsOf, pyramidOf, type Size, smallestSeen } from '../../vision/cells/pyramid.ts';
import { type Finding, failed, ok, warn } from './finding.ts';

const NAME = 'smallest rider';

/** Where reading takes this long, an engine's getting ready is a small part of it. */
const SLOW_MS = 5_000;

/** Reads a picture of the camera, twice where that is quick: the first time an engine also gets ready. */
export async function checkReading(settings: Settings, bytes: Buffer): Promise<Finding> {
  const { models, vision, camera } = settings;
  const folders = { ...headFolders(settings), shipped: join(models.dir, 'riders') };
  try {
    const reader = await createBeachReader(models, vision, fixedDetail(vision), undefined, async backbone => {
      return (await resolveHead(folders, models.head, backbone)).head;
    });
    try {
      let { size, detail, tookMs } = await reader.read(bytes, []);
      if (tookMs.embed < SLOW_MS) ({ size, detail, tookMs } = await reader.read(bytes, []));
      return readingFinding({ size, scale: detail.scale, tookMs }, vision, camera.intervalMs);
    } finally {
      await reader.close();
    }
  } catch (error) {
    return failed(NAME, error);
  }
}

interface Measured extends Pick<ReadFrame, 'size' | 'tookMs'> {
  /** Pixels of the finest level that was read to one of the frame. */
  readonly scale: number;
}

/** What a measured reading means with these settings. */
export function readingFinding(
  { size, scale, tookMs }: Measured,
  { detail, share }: Pick<Settings['vision'], 'detail' | 'share'>,
  intervalMs: number,
): Finding {
  const budgetMs = intervalMs * share;
  const took = Math.round(tookMs.decode + tookMs.embed + tookMs.score);
  const read = `${seen(size, scale)}; reading a frame takes ${took} ms here`;
  const allowed = `${Math.round(budgetMs)} ms are allowed (camera.interval × vision.share)`;
  if (took <= budgetMs) return ok(NAME, `${read}, ${allowed}`);
  if (detail !== 'auto') {
    const remedy =
      'Set `vision.detail` to `auto` or lower, or `camera.interval` to more: frames will be skipped.';
    return warn(NAME, `${read}, but ${allowed}`, remedy);
  }
  const msPerPixel = tookMs.embed / pixelsOf(pyramidOf(size, scale));
  const { scale: affordableScale, turns } = affordable(size, msPerPixel, budgetMs);
  const inTurns = turns === 1 ? '' : `, read in ${turns} bands in turn`;
  const remedy =
    'If riders are smaller than that, set `camera.interval` to more or `vision.share` higher, or have the camera show less of what is no water.';
  return warn(NAME, `${read}, but ${allowed}; so ${seen(size, affordableScale)}${inTurns}`, remedy);
}

function seen({ height }: Size, scale: number): string {
  const pixels = smallestSeen(scale);
  const share = ((pixels / height) * 100).toFixed(1);
  return `riders of ${pixels.toFixed(1)} pixels (${share} % of the height) and more are seen well at detail ${round(scale)}`;
}

function round(scale: number): number {
  return Math.round(scale * 100) / 100;
}
