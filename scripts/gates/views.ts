/** The gates that need time: each camera's view is learnt, then goes on good, then spoilt in many ways. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, shuffled } from '../../src/base/random.ts';
import { defaultSettings } from '../../src/config/load.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { sceneAt } from '../../src/simulator/scene.ts';
import { createScript } from '../../src/simulator/script.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { measureQuality, type PictureQuality } from '../../src/vision/quality.ts';
import { passQualityGates, type QualityGateState } from '../../src/vision/quality-gates.ts';
import type { Spoiling } from '../spoil/pixels.ts';
import { cut } from '../spoil/view.ts';
import { MOVED, rawOf, SPOILT_VIEW, spoil } from '../spoil.ts';
import { type Calls, counted } from './singles.ts';

const DEFAULTS = defaultSettings();

/** Between two pictures. */
const STEP_MS = 30_000;
/** Time a camera has learnt for: more than the gates ask for. */
const LEARNT_MS = 12 * 3_600_000;
/** Pictures of a fault: a quarter of an hour; it counts as found by what it is called at their end. */
const FAULTY = 32;
/** Different pictures that a fault is drawn on. */
const DRAWN = 8;

export interface Cam {
  readonly learn: readonly RawPicture[];
  readonly good: readonly RawPicture[];
}

export interface Views {
  /** By camera: what good pictures after the learning are called. */
  readonly good: Record<string, Calls>;
  /** By gate and way, over all cameras: what faults are called at their end, one count a camera and drawing. */
  readonly spoilt: Record<string, Record<string, Calls>>;
  readonly msPerPicture: number;
}

/** @param seeds of simulated cameras */
export async function measureViews(data: string, seeds: readonly number[]): Promise<Views> {
  const good: Record<string, Calls> = {};
  const spoilt: Record<string, Record<string, Calls>> = {};
  let [milliseconds, judged] = [0, 0];
  const see = (state: QualityGateState, quality: PictureQuality, atMs: number) => {
    const start = performance.now();
    const result = passQualityGates(state, quality, atMs, DEFAULTS.gates);
    milliseconds += performance.now() - start;
    judged++;
    return result;
  };
  for (const [name, open] of camsOf(data, seeds)) {
    const cam = await open();
    if (cam === null) continue;
    const usual = cut();
    const seen = async (picture: RawPicture, how: Spoiling) =>
      measureQuality(await spoil(picture, how, () => 0.5));
    const learn = await Promise.all(cam.learn.map(picture => seen(picture, usual)));
    const later = await Promise.all(cam.good.map(picture => seen(picture, usual)));
    let state: QualityGateState = null;
    let atMs = 0;
    for (; atMs < LEARNT_MS; atMs += STEP_MS)
      state = see(state, learn[(atMs / STEP_MS) % learn.length] as PictureQuality, atMs).state;
    const learnt = state;
    const from = atMs;
    for (const [index, quality] of [...later, ...later].entries()) {
      const result = see(state, quality, from + index * STEP_MS);
      state = result.state;
      good[name] = counted(good[name], result.visibility);
    }
    const drawn = cam.good.filter((_, index) => index % Math.ceil(cam.good.length / DRAWN) === 0);
    const gates = [
      ...Object.entries(SPOILT_VIEW).map(([gate, { ways }]) => [gate, ways, true] as const),
      ['moved', MOVED, false] as const,
    ];
    for (const [gate, ways, onCut] of gates) {
      const table = spoilt[gate] ?? {};
      spoilt[gate] = table;
      for (const [way, how] of Object.entries(ways)) {
        for (const seed of onCut ? [1, 2, 3] : [1]) {
          const pictures: PictureQuality[] = [];
          for (const picture of drawn) {
            const base = onCut ? await usual(picture, () => 0.5) : picture;
            // The same drops at the same places in every picture.
            const random = createRandom(seed);
            pictures.push(measureQuality(await spoil(base, how, () => random.next())));
          }
          let faulty = learnt;
          let verdict = 'ok';
          for (let index = 0; index < FAULTY; index++) {
            const result = see(
              faulty,
              pictures[index % pictures.length] as PictureQuality,
              from + index * STEP_MS,
            );
            faulty = result.state;
            verdict = result.visibility;
          }
          table[way] = counted(table[way], verdict);
        }
      }
    }
  }
  return { good, spoilt, msPerPicture: milliseconds / judged };
}

export function camsOf(data: string, seeds: readonly number[]): [string, () => Promise<Cam | null>][] {
  const frames = async (folder: string) => {
    const pictures: RawPicture[] = [];
    for (const file of (await readdir(folder)).sort())
      pictures.push(await rawOf(await readFile(join(folder, file))));
    // Neighbours are alike: the halves are mixed, so that both see every stage of the tide and every set.
    return halves(shuffled(pictures, createRandom(5)));
  };
  return [
    ['surf cam', () => frames(join(data, 'surfcam', 'frames'))],
    [
      'line-up (stream)',
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'measure-gates-'));
        try {
          const video = join(data, 'streams', 'surfcrowd_1.mp4');
          const { status } = spawnSync('ffmpeg', [
            '-v',
            'error',
            '-i',
            video,
            '-vf',
            'fps=12',
            join(folder, '%04d.jpg'),
          ]);
          return status === 0 ? await frames(folder) : null;
        } finally {
          await rm(folder, { recursive: true });
        }
      },
    ],
    ...seeds.map((seed): [string, () => Promise<Cam>] => [`simulated ${seed}`, () => simulated(seed)]),
  ];
}

const halves = (pictures: readonly RawPicture[]): Cam => ({
  learn: pictures.slice(0, pictures.length >> 1),
  good: pictures.slice(pictures.length >> 1),
});

/** Two days from 8 to 20 o'clock are learnt, in all their light and weather; the next two are looked at. */
async function simulated(seed: number): Promise<Cam> {
  const options = { seed, width: 640, height: 360, speed: 1, script: 'season' as const };
  const script = createScript(options);
  const renderer = createRenderer();
  const days: RawPicture[][] = [[], [], [], []];
  for (const [day, pictures] of days.entries()) {
    for (let minute = 8 * 60; minute < 20 * 60; minute += 12) {
      const scene = sceneAt(options, script, (day * 1_440 + minute) * 60_000);
      pictures.push({ rgb: new Uint8Array(await renderer.pixels(scene)), width: 640, height: 360 });
    }
  }
  return { learn: days.slice(0, 2).flat(), good: days.slice(2).flat() };
}
