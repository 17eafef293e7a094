/** Too little and too much light. */
import { encoded, gaussian, linear, mapped, type Spoiling } from './pixels.ts';

/** The exposure that many stops off: linear light × 2^stops, clipped. */
export function exposure(stops: number): Spoiling {
  const gain = 2 ** stops;
  const levels = Uint8Array.from({ length: 256 }, (_, level) => encoded(linear(level) * gain));
  return picture => mapped(picture, level => levels[level] as number);
}

/** Night: little light, lamps or moon at some place, and the noise of a gain turned up. */
export function night(share: number): Spoiling {
  return (picture, random) => {
    const [lampX, lampY] = [random() * picture.width, random() * 0.4 * picture.height];
    const radius = 0.01 * picture.width;
    const dim = mapped(picture, (level, x, y) =>
      Math.hypot(x - lampX, y - lampY) < radius ? 250 : encoded(linear(level) * share),
    );
    return mapped(dim, level => level + 4 * gaussian(random));
  };
}

/** All levels raised by a broken exposure: blacks are grey and most is white. */
export function washedOut(share: number): Spoiling {
  return picture => mapped(picture, level => 255 - (255 - level) * (1 - share));
}

/** The sun in the lens: its disc, a glow that falls with the distance, and stray light over all. `strength` about 0.5..2. */
export function sunInLens(strength: number): Spoiling {
  return (picture, random) => {
    const { width, height } = picture;
    const [sunX, sunY] = [(0.2 + 0.6 * random()) * width, (0.1 + 0.3 * random()) * height];
    return mapped(picture, (level, x, y) => {
      const distance = Math.hypot(x - sunX, y - sunY) / width;
      const glow = strength * (0.25 + 1.2 * Math.exp(-((distance / 0.25) ** 2)) + 0.05 / (0.02 + distance));
      return encoded(linear(level) * (1 + 0.5 * strength) + glow);
    });
  };
}
