/** Frames with a box around each rider, whatever format they were read from. */

import type { Rectangle } from '../../base/geometry.ts';
import { counted } from '../../base/words.ts';
import { activityNamed } from '../../learning/labels/activity-names.ts';
import type { Finding } from './findings.ts';
import type { NameTally } from './name-tally.ts';

export interface BoxedRider {
  readonly activity: string;
  /** As a share of the frame. */
  readonly box: Rectangle;
  /** A part that alone could be of another activity: a kitesurfer whose kite has a box of its own. */
  readonly partial?: boolean;
}

/** A box around something that is no rider: a person on land, a boat. */
export interface BoxedThing {
  readonly name: string;
  readonly box: Rectangle;
}

/** What is boxed in a frame. Rectangles are shares of the frame. */
export interface FrameBoxes {
  readonly riders: readonly BoxedRider[];
  /** Kites with a box of their own. */
  readonly kites: readonly Rectangle[];
  readonly others: readonly BoxedThing[];
  /** Where it is too unsure what is there: nothing found in them is right or wrong. */
  readonly ignored: readonly Rectangle[];
}

export interface BoxedFrame extends FrameBoxes {
  readonly path: string;
  /** Neighbouring frames are alike: what `manifest.csv` says, else a camera of several, else a block of time. */
  readonly group: string;
  /** What `manifest.csv` says, else the name of the folder. */
  readonly camera: string;
}

/** What a format's reader gives; frames are grouped afterwards. */
export interface ReadFrames {
  readonly frames: readonly Omit<BoxedFrame, 'group' | 'camera'>[];
  readonly findings: readonly Finding[];
}

/** A box as a list of any format has it. */
export interface NamedBox {
  readonly name: string;
  readonly box: Rectangle;
  /** As it stands in the list, for findings. */
  readonly text: string;
  /** `kite` and `rider` where the two have boxes of their own. */
  readonly part?: string | undefined;
  readonly ignore?: boolean | undefined;
}

export interface BoxContext {
  /** Names that stand for themselves, besides the usual three. */
  readonly activities: readonly string[] | undefined;
  readonly sieve: BoxSieve;
  readonly tally: NameTally;
}

/** Tells riders, kites, other things and what is to be ignored apart, and cuts their boxes to the frame. */
export function sortBoxes(path: string, boxes: readonly NamedBox[], context: BoxContext): FrameBoxes {
  const { activities, sieve, tally } = context;
  const riders: BoxedRider[] = [];
  const kites: Rectangle[] = [];
  const others: BoxedThing[] = [];
  const ignored: Rectangle[] = [];
  const hasKite = boxes.some(({ part }) => part === 'kite');
  for (const { name, box, text, part, ignore } of boxes) {
    const activity = activityNamed(name, activities);
    const isKite = part === 'kite' || isNamedKite(name);
    if (activity === undefined && !isKite && ignore !== true) {
      tally.ignore(name, path);
      // Nobody would be taken for empty water where it is malformed.
      const clipped = clipBox(box);
      if (clipped !== null) others.push({ name, box: clipped.box });
      continue;
    }
    const kept = sieve.sift(path, box, text);
    if (kept === undefined) continue;
    if (ignore === true) ignored.push(kept);
    else if (isKite) kites.push(kept);
    else if (activity !== undefined) {
      const partial = hasKite && activity === 'kitesurfing' && part === 'rider';
      riders.push({ activity, box: kept, ...(partial && { partial }) });
    }
  }
  return { riders, kites, others, ignored };
}

function isNamedKite(name: string): boolean {
  return /^kites?$/i.test(name);
}

/** Annotation tools round: up to this share of the frame beyond its edge is no mistake. */
const ROUNDING = 0.01;

/** The part of a box that lies in the frame. */
export interface ClippedBox {
  readonly box: Rectangle;
  /** It reached further beyond the frame than rounding explains. */
  readonly cut: boolean;
}

/** Cuts a box to its frame; null where nothing of it is left, or a number is none. */
export function clipBox({ x, y, w, h }: Rectangle): ClippedBox | null {
  if (![x, y, w, h].every(Number.isFinite) || w <= 0 || h <= 0) return null;
  const outside = Math.max(-x, -y, x + w - 1, y + h - 1);
  if (outside <= 0) return { box: { x, y, w, h }, cut: false };
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const box = { x: left, y: top, w: Math.min(1, x + w) - left, h: Math.min(1, y + h) - top };
  return box.w > 0 && box.h > 0 ? { box, cut: outside > ROUNDING } : null;
}

/** The smallest box around the points of a polygon, `[x1, y1, x2, y2, …]`. */
export function boxAround(points: readonly number[]): Rectangle {
  const xs = points.filter((_, index) => index % 2 === 0);
  const ys = points.filter((_, index) => index % 2 === 1);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** Keeps the boxes that can be used, and notes the others. */
export interface BoxSieve {
  /** The box cut to the frame, or undefined where it cannot be used. */
  sift(path: string, box: Rectangle, text: string): Rectangle | undefined;
  /** A line or entry of the frame's annotations that is no box. */
  reject(path: string, text: string): void;
  findings(): Finding[];
}

/** A frame with a box that cannot be used is left out: where its rider is, a tile would be taken for empty. */
export function createBoxSieve(): BoxSieve {
  const rejected = new Map<string, string[]>();
  const cut = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, path: string, text: string) =>
    map.set(path, [...(map.get(path) ?? []), text]);
  return {
    sift: (path, box, text) => {
      const clipped = clipBox(box);
      if (clipped === null) note(rejected, path, text);
      else if (clipped.cut) note(cut, path, text);
      return clipped?.box;
    },
    reject: (path, text) => note(rejected, path, text),
    findings: () => [
      ...[...rejected].map(([path, texts]) => ({
        kind: 'bad-box' as const,
        files: [path],
        message: `${counted(texts.length, 'box', 'boxes')} without area, outside of the frame or malformed: ${some(texts)}`,
        leftOut: [path],
      })),
      ...[...cut].map(([path, texts]) => ({
        kind: 'bad-box' as const,
        files: [path],
        message: `${counted(texts.length, 'box', 'boxes')} cut at the edge of the frame: ${some(texts)}`,
        leftOut: [],
      })),
    ],
  };
}

function some(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map(text => (text.length > 80 ? `${text.slice(0, 80)}…` : text));
  return shown.join('; ') + (texts.length > shown.length ? '; …' : '');
}
