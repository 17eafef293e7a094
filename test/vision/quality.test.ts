import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeFrame, type RawPicture } from '../../src/vision/decode.ts';
import { changedShare, FROZEN_SHARE } from '../../src/vision/frozen.ts';
import { judgeQuality, measureQuality } from '../../src/vision/quality.ts';
import { passQualityGates, type QualityGateState } from '../../src/vision/quality-gates.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fc } from '../support/fast-check.ts';

const WIDTH = 320;
const HEIGHT = 180;

/** A picture drawn by a function of the point, 0..255, the same in all colours. */
function drawn(luma: (x: number, y: number) => number, width = WIDTH, height = HEIGHT): RawPicture {
  const rgb = new Uint8Array(width * height * 3);
  for (let point = 0; point < width * height; point++) {
    const value = luma(point % width, Math.floor(point / width));
    rgb.fill(Math.max(0, Math.min(255, Math.round(value))), point * 3, point * 3 + 3);
  }
  return { rgb, width, height };
}

/** Noise that is the same in every run. */
function noise(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Fine texture, as real pictures have it: -1..1. */
const grain = (x: number, y: number) => ((Math.imul(x * 73 + y * 151, 2_654_435_761) >>> 8) % 201) / 100 - 1;

/** Sky, and below it waves that `at` moves. */
const sea = (at: number) => (x: number, y: number) => {
  const texture = 25 * grain(x >> 2, y >> 2);
  if (y < HEIGHT / 3) return 200 + texture;
  return 110 + texture + 40 * Math.sin(y / 2 + at) * Math.sin(x / 5 + 2 * at);
};

const judge = (picture: RawPicture) => judgeQuality(measureQuality(picture), DEFAULTS.gates);

describe('measureQuality', () => {
  it('measures luma by Rec. 601', () => {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let point = 0; point < WIDTH * HEIGHT; point++) rgb.set([200, 100, 50], point * 3);
    const quality = measureQuality({ rgb, width: WIDTH, height: HEIGHT });
    expect(quality.meanLuma).toBeCloseTo(0.299 * 200 + 0.587 * 100 + 0.114 * 50, 3);
    expect(quality).toMatchObject({ brightLuma: 124, lumaSpread: 0 });
    expect(quality.sharpness).toBeCloseTo(0, 6);
  });

  it('measures spread between the percentiles, leaving out what is small and bright', () => {
    const lamp = measureQuality(drawn((x, y) => (x < 32 && y < 60 ? 255 : 20)));
    expect(lamp).toMatchObject({ brightLuma: 20, lumaSpread: 0 });
    const half = measureQuality(drawn(x => (x < WIDTH / 2 ? 40 : 180)));
    expect(half).toMatchObject({ brightLuma: 180, lumaSpread: 140 });
  });

  it.each([
    [1, 1],
    [7, 300],
    [127, 71],
    [1920, 1080],
  ])('takes a picture of %i × %i', (width, height) => {
    const quality = measureQuality(drawn(() => 90, width, height));
    expect(quality.meanLuma).toBeCloseTo(90, 3);
    expect(quality.signature).toHaveLength(128 * 72);
  });

  it('stays in its ranges for any pixels', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, fc.integer(), (width, height, seed) => {
        const next = noise(seed);
        const quality = measureQuality(drawn(() => 128 + 200 * next(), width, height));
        expect(quality.meanLuma).toBeGreaterThanOrEqual(0);
        expect(quality.meanLuma).toBeLessThanOrEqual(255.001);
        expect(quality.lumaSpread).toBeGreaterThanOrEqual(0);
        expect(quality.brightLuma - quality.lumaSpread).toBeGreaterThanOrEqual(0);
        expect(quality.sharpness).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('judgeQuality', () => {
  it('lets a sea pass, at a third of its light too', () => {
    expect(judge(drawn(sea(0)))).toBe('ok');
    expect(judge(drawn((x, y) => sea(0)(x, y) / 3))).toBe('ok');
  });

  it('finds the night, with the noise of the sensor and a lamp in it', () => {
    const next = noise(1);
    expect(judge(drawn(() => 0))).toBe('dark');
    expect(judge(drawn((x, y) => (x < 30 && y < 30 ? 255 : 15 + 8 * next())))).toBe('dark');
  });

  it('finds a covered lens: flat, and flat with noise', () => {
    const next = noise(2);
    expect(judge(drawn(() => 140))).toBe('obscured');
    expect(judge(drawn(() => 90 + 6 * next()))).toBe('obscured');
  });

  it('finds fog, and a picture out of focus', () => {
    expect(judge(drawn((x, y) => 170 + 0.2 * (sea(0)(x, y) - 130) + grain(x, y)))).toBe('fogged');
    expect(judge(drawn((x, y) => 60 + (80 * (x + y)) / (WIDTH + HEIGHT)))).toBe('fogged');
  });

  it('finds a white picture, one that is washed out, and one with the sun over a third of it', () => {
    expect(judge(drawn(() => 255))).toBe('overexposed');
    expect(judge(drawn((x, y) => 215 + 0.2 * (sea(0)(x, y) - 130)))).toBe('overexposed');
    expect(judge(drawn((x, y) => (y < HEIGHT * 0.4 ? 255 : sea(0)(x, y))))).toBe('overexposed');
    expect(judge(drawn((x, y) => (y < HEIGHT * 0.15 ? 255 : sea(0)(x, y))))).toBe('ok');
  });

  it('finds a lower part that never came, and a lost colour plane', () => {
    const half = (fill: (x: number) => number) => (x: number, y: number) =>
      y < HEIGHT / 2 ? sea(0)(x, y) : fill(x);
    expect(judge(drawn(half(() => 128)))).toBe('damaged');
    expect(judge(drawn(half(x => 110 + 40 * Math.sin(x / 9))))).toBe('damaged');
    const green = drawn(sea(0));
    for (let at = 0; at < green.rgb.length; at += 3) green.rgb.fill(0, at, at + 1).fill(10, at + 2, at + 3);
    expect(judge(green)).toBe('damaged');
  });
});

describe('passQualityGates', () => {
  const options = { ...DEFAULTS.gates, frozenAfterMs: 10_000 };

  /** The verdicts on one picture a second. */
  function watch(pictures: readonly RawPicture[]): string[] {
    let state: QualityGateState = null;
    return pictures.map((picture, second) => {
      const result = passQualityGates(state, measureQuality(picture), second * 1_000, options);
      state = result.state;
      return result.visibility;
    });
  }
  const seconds = (count: number) => Array.from({ length: count }, (_, second) => second);

  it('calls the same picture frozen once it has stood for frozenAfterMs, and a new one ok at once', () => {
    const verdicts = watch([...seconds(12).map(() => drawn(sea(0))), drawn(sea(1))]);
    expect(verdicts).toEqual([...seconds(10).map(() => 'ok'), 'frozen', 'frozen', 'ok']);
  });

  it('calls a picture frozen that differs by a clock in its corner and by its coding only', () => {
    const verdicts = watch(
      seconds(12).map(second => {
        const next = noise(second);
        const clock = (x: number, y: number) => x < 40 && y < 20;
        return drawn((x, y) => (clock(x, y) ? 250 * (second % 2) : sea(0)(x, y) + 1.5 * next()));
      }),
    );
    expect(verdicts.slice(10)).toEqual(['frozen', 'frozen']);
  });

  it('does not call a sea frozen that moves too little from one picture to the next to tell', () => {
    const pictures = seconds(60).map(second => drawn(sea(second * 0.02)));
    const [first, second] = pictures.map(picture => measureQuality(picture).signature);
    expect(changedShare(first as Uint8Array, second as Uint8Array)).toBeLessThan(FROZEN_SHARE);
    expect(new Set(watch(pictures))).toEqual(new Set(['ok']));
  });

  it('does not call a source frozen that has a new picture seldom, once it knows how seldom', () => {
    // Every 30 s a new file, which is given again each second.
    const files = [0, 1, 2, 3, 4, 5].map(at => measureQuality(drawn(sea(at))));
    let state: QualityGateState = null;
    const verdicts: string[] = [];
    for (let second = 0; second < 300; second++) {
      const file = Math.min(5, Math.floor(second / 30));
      const again = second > 0 && Math.min(5, Math.floor((second - 1) / 30)) === file;
      const result = passQualityGates(state, files[file] as (typeof files)[0], second * 1_000, options, {
        repeated: again,
      });
      state = result.state;
      verdicts.push(result.visibility);
    }
    expect(new Set(verdicts.slice(0, 239))).toEqual(new Set(['ok']));
    expect(new Set(verdicts.slice(241))).toEqual(new Set(['frozen']));
  });

  it('calls a black picture dark however long it stays the same', () => {
    expect(new Set(watch(seconds(30).map(() => drawn(() => 0))))).toEqual(new Set(['dark']));
  });
});

const data = join('..', 'shared', 'data');

describe.skipIf(!existsSync(data))('on real pictures (skipped without ../shared/data)', () => {
  const limits = { maxBytes: 20e6, maxPixels: 50e6 };
  const folders = ['watersports/surfing', 'watersports/kitesurfing', 'watersports/none', 'surfcam/frames'];
  const files = folders.flatMap(folder =>
    // The body of a skipped suite still runs.
    (existsSync(data) ? readdirSync(join(data, folder)) : [])
      .sort()
      .filter((_, index) => index % 25 === 0)
      .map(file => join(data, folder, file)),
  );
  const preview = async (bytes: Buffer) => (await decodeFrame(bytes, limits)).picture;

  it('passes them, and finds them at a tenth of their light', async () => {
    const refused: string[] = [];
    for (const file of files) {
      const bytes = readFileSync(file);
      if (judge(await preview(bytes)) !== 'ok') refused.push(file);
      const night = await sharp(bytes).linear(0.1, 0).jpeg().toBuffer();
      expect([file, judge(await preview(night))]).toEqual([file, 'dark']);
    }
    expect(refused.length).toBeLessThanOrEqual(1);
    expect(files.length).toBeGreaterThan(40);
  });

  it('tells the nearest frames of a surf cam apart from the same frame coded anew', async () => {
    const folder = join(data, 'surfcam', 'frames');
    const [first = '', second = ''] = readdirSync(folder).sort();
    const bytes = readFileSync(join(folder, first));
    const signature = async (picture: Buffer) => measureQuality(await preview(picture)).signature;
    const before = await signature(bytes);
    const next = await signature(readFileSync(join(folder, second)));
    const again = await signature(await sharp(bytes).jpeg({ quality: 90 }).toBuffer());
    expect(changedShare(before, next)).toBeGreaterThan(FROZEN_SHARE);
    expect(changedShare(before, again)).toBeLessThan(FROZEN_SHARE);
  });
});
