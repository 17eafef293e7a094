/** Readers of options for what was trained elsewhere. */
import { InvalidArgumentError } from 'commander';
import type { Scaling } from '../exchange/import/network.ts';

const SCALES: Readonly<Record<string, Scaling>> = {
  '0..1': { scale: 1 / 255, offset: 0 },
  '-1..1': { scale: 1 / 127.5, offset: -1 },
  '0..255': { scale: 1, offset: 0 },
};

/** The range that pixels are brought to before a network is given them. */
export function scaleRange(text: string): Scaling {
  const scaling = SCALES[text];
  if (scaling !== undefined) return scaling;
  throw new InvalidArgumentError(`It must be one of ${Object.keys(SCALES).join(', ')}.`);
}

export function bundleId(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be of lower-case letters, digits, dots and hyphens.');
}

export function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be 64 hexadecimal digits.');
}
