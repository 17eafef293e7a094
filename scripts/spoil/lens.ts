/** What sticks to the glass. */
import type { RawPicture } from '../../src/vision/decode.ts';
import { blurred } from './haze.ts';
import { blended, mapped, type Random, type Spoiling, smoothstep, softNoise } from './pixels.ts';

interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Discs, in shares of the width, until they cover `share` of the picture. */
function discs(
  { width, height }: RawPicture,
  share: number,
  low: number,
  high: number,
  random: Random,
): Disc[] {
  const result: Disc[] = [];
  for (let covered = 0; covered < (share * height) / width; ) {
    const radius = low + (high - low) * random() ** 2;
    result.push({ x: random(), y: (random() * height) / width, radius });
    covered += Math.PI * radius ** 2;
  }
  return result;
}

/** How much of each point the strongest disc covers, 0..1. */
function cover({ width, height }: RawPicture, list: readonly Disc[], edge: number): Float32Array {
  const mask = new Float32Array(width * height);
  for (const { x, y, radius } of list) {
    const reach = radius * (1 + edge) * width;
    for (
      let row = Math.max(0, Math.floor(y * width - reach));
      row < Math.min(height, y * width + reach);
      row++
    ) {
      for (
        let column = Math.max(0, Math.floor(x * width - reach));
        column < Math.min(width, x * width + reach);
        column++
      ) {
        const distance = Math.hypot(column - x * width, row - y * width) / (radius * width);
        const at = row * width + column;
        mask[at] = Math.max(mask[at] as number, smoothstep(1 + edge, 1 - edge, distance));
      }
    }
  }
  return mask;
}

/** Drops as lenses: in each the scene, upside down, made small and blurred, with a dark rim. */
export function refractingDrops(share: number): Spoiling {
  return async (picture, random) => {
    const { width, height } = picture;
    const list = discs(picture, share, 0.015, 0.06, random);
    const soft = await blurred(picture, 0.008);
    const rgb = new Uint8Array(picture.rgb);
    for (const { x, y, radius } of list) {
      const reach = radius * width;
      const gain = 0.8 + 0.5 * random();
      for (
        let row = Math.max(0, Math.floor(y * width - reach));
        row < Math.min(height, y * width + reach);
        row++
      ) {
        for (
          let column = Math.max(0, Math.floor(x * width - reach));
          column < Math.min(width, x * width + reach);
          column++
        ) {
          const [dx, dy] = [(column - x * width) / reach, (row - y * width) / reach];
          const distance = Math.hypot(dx, dy);
          if (distance >= 1) continue;
          const fromX = Math.max(0, Math.min(width - 1, Math.round(x * width - dx * 0.4 * width)));
          const fromY = Math.max(0, Math.min(height - 1, Math.round(height / 2 - dy * 0.5 * height)));
          const rim = 1 - 0.5 * smoothstep(0.8, 1, distance);
          const share = smoothstep(1, 0.9, distance);
          for (let c = 0; c < 3; c++) {
            const to = (row * width + column) * 3 + c;
            const seen = Math.min(255, (soft.rgb[(fromY * width + fromX) * 3 + c] as number) * gain * rim);
            rgb[to] = (rgb[to] as number) * (1 - share) + seen * share;
          }
        }
      }
    }
    return { width, height, rgb };
  };
}

/** Drops too near to be sharp: bright soft spots through which only a smear is seen. */
export function softDrops(share: number): Spoiling {
  return async (picture, random) => {
    const list = discs(picture, share, 0.02, 0.08, random);
    const smear = mapped(await blurred(picture, 0.03), level => level * 1.1 + 12);
    return blended(picture, smear, cover(picture, list, 0.25));
  };
}

/** Salt and dust: many small soft specks that are lighter than what is behind them. */
export function salt(share: number): Spoiling {
  return async (picture, random) => {
    const list = discs(picture, share, 0.003, 0.02, random);
    const veil = mapped(await blurred(picture, 0.015), level => level * 0.5 + 95);
    return blended(picture, veil, cover(picture, list, 0.4));
  };
}

/** Smeared dirt: a brown veil of uneven thickness over parts of the picture. */
export function smear(share: number): Spoiling {
  return async (picture, random) => {
    const { width, height } = picture;
    const noise = softNoise(width, height, 0.18, random);
    const from = [...noise].sort((a, b) => b - a)[Math.trunc(share * noise.length)] as number;
    const mask = noise.map(value => 0.9 * smoothstep(from - 0.06, from + 0.06, value));
    const brown = [120, 110, 95];
    const veil = mapped(
      await blurred(picture, 0.02),
      (level, _x, _y, c) => level * 0.3 + 0.7 * (brown[c] as number),
    );
    return blended(picture, veil, mask);
  };
}

/** Lays bright lines of a width (a share of the picture's) over the picture. */
function threads(
  picture: RawPicture,
  lines: readonly (readonly [number, number][])[],
  thick: number,
  glow: number,
): RawPicture {
  const { width, height } = picture;
  const mask = new Float32Array(width * height);
  const reach = thick * width;
  for (const line of lines) {
    for (const [index, [x1, y1]] of line.slice(1).entries()) {
      const [x0, y0] = line[index] as [number, number];
      const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) * width));
      for (let step = 0; step <= steps; step++) {
        const [x, y] = [(x0 + ((x1 - x0) * step) / steps) * width, (y0 + ((y1 - y0) * step) / steps) * width];
        for (let row = Math.max(0, Math.floor(y - reach)); row <= Math.min(height - 1, y + reach); row++) {
          for (
            let column = Math.max(0, Math.floor(x - reach));
            column <= Math.min(width - 1, x + reach);
            column++
          ) {
            const share = smoothstep(1, 0.2, Math.hypot(column - x, row - y) / reach);
            const at = row * width + column;
            mask[at] = Math.max(mask[at] as number, glow * share);
          }
        }
      }
    }
  }
  return blended(
    picture,
    mapped(picture, () => 235),
    mask,
  );
}

/** An orb web from a corner: spokes and a spiral. */
export function orbWeb(glow: number): Spoiling {
  return (picture, random) => {
    const tall = picture.height / picture.width;
    const [x, y] = [random() < 0.5 ? 0.1 : 0.9, (0.2 + 0.5 * random()) * tall];
    const count = 12 + Math.floor(6 * random());
    const angles = Array.from({ length: count }, (_, i) => ((i + 0.5 * random()) * 2 * Math.PI) / count);
    const at = (angle: number, radius: number): [number, number] => [
      x + radius * Math.cos(angle),
      y + radius * Math.sin(angle),
    ];
    const spokes = angles.map(angle => [at(angle, 0), at(angle, 0.6)]);
    const turns = Array.from({ length: 9 }, (_, turn) =>
      [...angles, angles[0] as number].map(angle => at(angle, 0.06 * (turn + 1))),
    );
    return threads(picture, [...spokes, ...turns], 0.004, glow);
  };
}

/** Loose sagging threads, out of focus. */
export function looseThreads(glow: number): Spoiling {
  return (picture, random) => {
    const tall = picture.height / picture.width;
    const lines = Array.from({ length: 16 }, () => {
      const [y0, y1] = [random() * tall, random() * tall];
      const sag = 0.15 * random();
      return Array.from({ length: 21 }, (_, i): [number, number] => {
        const share = i / 20;
        return [share, y0 + (y1 - y0) * share + 4 * sag * share * (1 - share)];
      });
    });
    return threads(picture, lines, 0.006, glow);
  };
}

/** A bag, a hood or a leaf over `share` of the picture, from one side, its edge out of focus. */
export function halfCovered(share: number): Spoiling {
  return (picture, random) => {
    const { width, height } = picture;
    const angle = 2 * Math.PI * random();
    const along = (x: number, y: number) => (x - 0.5) * Math.cos(angle) + (y - 0.5) * Math.sin(angle);
    const all = Array.from({ length: 2000 }, () => along(random(), random())).sort((a, b) => b - a);
    const from = all[Math.trunc(share * all.length)] as number;
    const base = [40 + 150 * random(), 40 + 150 * random(), 40 + 150 * random()];
    const mask = Float32Array.from({ length: width * height }, (_, at) =>
      smoothstep(from - 0.03, from + 0.03, along((at % width) / width, Math.trunc(at / width) / height)),
    );
    return blended(
      picture,
      mapped(picture, (_v, x, _y, c) => (base[c] as number) + (20 * x) / width),
      mask,
    );
  };
}

/** A bird before the lens: a dark soft body that covers `share` of the picture. */
export function bird(share: number): Spoiling {
  return (picture, random) => {
    const { width, height } = picture;
    const radius = Math.sqrt((share * height) / width / Math.PI);
    const [x, y] = [0.3 + 0.4 * random(), (height / width) * (0.5 + 0.4 * random())];
    const list = [
      { x, y, radius },
      { x: x + radius * 0.9, y: y - radius, radius: radius * 0.5 },
    ];
    const feathers = mapped(
      picture,
      (_v, px, py) => 55 + 25 * Math.sin(px / 9 + py / 23) * Math.sin(py / 17),
    );
    return blended(picture, feathers, cover(picture, list, 0.1));
  };
}
