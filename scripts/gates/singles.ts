/** The gates on single pictures: false alarms on good ones, and how many spoilt ones are found. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/base/random.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { decodeFrame, type RawPicture, readPhoto } from '../../src/vision/decode.ts';
import { judgeQuality, measureQuality } from '../../src/vision/quality.ts';
import { rawOf, SPOILT, spoil } from '../spoil.ts';
import { groupOfFrame, groupsOf, isHeldOut } from './groups.ts';

const DEFAULTS = defaultSettings();

const FOLDERS = [
  'watersports/surfing',
  'watersports/windsurfing',
  'watersports/kitesurfing',
  'watersports/none',
  'surfcam/frames',
  'windsurf-tele/frames',
];
const LIMITS = { maxBytes: 50e6, maxPixels: 50e6 };
/** As a frame of a camera is judged, and as a photo is. */
const WAYS: readonly ((bytes: Buffer) => Promise<RawPicture>)[] = [
  async bytes => (await decodeFrame(bytes, LIMITS)).picture,
  async bytes => (await readPhoto(bytes, 224, LIMITS)).whole,
];

/** Verdicts by name: how many pictures were called what. */
export interface Calls {
  pictures: number;
  readonly called: Record<string, number>;
}

export interface Singles {
  /** By half of the groups (tuning, held out). */
  readonly good: Record<string, Calls>;
  /** By gate, then by way; held-out groups alone. */
  readonly spoilt: Record<string, Record<string, Calls>>;
  readonly falseAlarms: string[];
  readonly msPerPicture: number;
}

export async function measureSingles(data: string, every: number): Promise<Singles> {
  const groups = await groupsOf(data);
  const good: Record<string, Calls> = {};
  const spoilt: Record<string, Record<string, Calls>> = {};
  const falseAlarms: string[] = [];
  let [milliseconds, judged, index] = [0, 0, 0];
  for (const folder of FOLDERS) {
    for (const file of (await readdir(join(data, folder))).sort()) {
      const bytes = await readFile(join(data, folder, file));
      const name = `${folder}/${file}`;
      const half = isHeldOut(groups.get(name.replace('watersports/', '')) ?? groupOfFrame(folder, file))
        ? 'held out'
        : 'tuning';
      for (const read of WAYS) {
        const preview = await read(bytes);
        const start = performance.now();
        const verdict = judgeQuality(measureQuality(preview), DEFAULTS.gates);
        milliseconds += performance.now() - start;
        judged++;
        good[half] = counted(good[half], verdict);
        if (verdict !== 'ok') falseAlarms.push(`${name}: ${verdict}`);
      }
      if (half !== 'held out' || index++ % every !== 0) continue;
      const raw = await rawOf(bytes);
      const random = createRandom(index);
      for (const [gate, { ways }] of Object.entries(SPOILT)) {
        const table = spoilt[gate] ?? {};
        spoilt[gate] = table;
        for (const [way, how] of Object.entries(ways)) {
          const picture = await spoil(raw, how, () => random.next());
          table[way] = counted(table[way], judgeQuality(measureQuality(picture), DEFAULTS.gates));
        }
      }
    }
  }
  return { good, spoilt, falseAlarms, msPerPicture: milliseconds / judged };
}

export function counted(calls: Calls | undefined, verdict: string): Calls {
  const { pictures, called } = calls ?? { pictures: 0, called: {} };
  return { pictures: pictures + 1, called: { ...called, [verdict]: (called[verdict] ?? 0) + 1 } };
}
