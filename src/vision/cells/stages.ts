/**
 * The network as stages that can run in bands of rows. The first layers work at the full size of the picture and take most
 * of the memory, but each of their outputs depends on few rows: run in bands with so many rows of margin they give, number
 * by number, what a pass over the whole gives. The last stage, of few cells and wide sight, runs in one piece.
 */
import type { BackboneLayer } from '../bundle.ts';

export interface Stage {
  readonly layers: readonly BackboneLayer[];
  /** Rows of input to one row of output. */
  readonly stride: number;
  /** Channels of its output. */
  readonly channels: number;
  /** Rows of input beyond each end of a band on which its outputs depend at most; a multiple of the stride. */
  readonly margin: number;
  /** Numbers that are held at once, at the most, for each position of the input. */
  readonly numbers: number;
}

/** At each of these strides a stage ends: the more stages, the fewer rows of margin are computed twice. */
const ENDS = [4, 8, 16];

/** Layers of a stage that look beyond their own position, at the most: with each, bands overlap further. */
const MOST_LOOKING_AROUND = 4;

/**
 * @param alone name of a layer that shall begin a stage of its own, which ends at the next stride
 * @returns stages that together are all layers, in order
 */
export function planStages(layers: readonly BackboneLayer[], alone?: string): Stage[] {
  const at = layers.findIndex(({ name }) => name === alone);
  const isOwn = at > 0 && canCut(layers, at - 1);
  const strides = isOwn ? [...ENDS, 2 * strideOf(layers.slice(0, at))] : ENDS;
  const places = layers.map((_, index) => index + 1).filter(end => canCut(layers, end - 1));
  const ends = strides.flatMap(stride => {
    // What goes from one stage to the next is copied: the fewer channels, the better.
    const [narrowest] = places
      .filter(end => strideOf(layers.slice(0, end)) === stride)
      .sort((a, b) => channelsAt(layers, a) - channelsAt(layers, b));
    return narrowest ?? [];
  });
  const bounds = [...new Set([0, ...ends, ...(isOwn ? [at] : []), layers.length])].sort((a, b) => a - b);
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index] as number;
    const isLast = end === layers.length;
    const middle = isLast ? undefined : placeToSplit(layers, places, start, end);
    const parts =
      middle === undefined
        ? [[start, end]]
        : [
            [start, middle],
            [middle, end],
          ];
    return parts.map(([from, to]) => stageOf(layers.slice(from, to)));
  });
}

/** The last narrow place before a stage that looks around too often does so once too often. */
function placeToSplit(
  layers: readonly BackboneLayer[],
  places: readonly number[],
  start: number,
  end: number,
): number | undefined {
  const looks = (to: number) => layers.slice(start, to).filter(({ kernel }) => kernel > 1).length;
  if (looks(end) <= MOST_LOOKING_AROUND) return undefined;
  const widest = Math.max(...layers.slice(start, end).map(({ out }) => out));
  return places.findLast(
    place =>
      place > start &&
      place < end &&
      looks(place) <= MOST_LOOKING_AROUND &&
      channelsAt(layers, place) < widest / 2,
  );
}

function channelsAt(layers: readonly BackboneLayer[], end: number): number {
  return layers[end - 1]?.out ?? 0;
}

/** Whether nothing after this layer needs an output from before it. */
function canCut(layers: readonly BackboneLayer[], index: number): boolean {
  const before = new Set(layers.slice(0, index).map(({ name }) => name));
  return layers
    .slice(index + 1)
    .every(({ residualFrom }) => residualFrom === undefined || !before.has(residualFrom));
}

function strideOf(layers: readonly BackboneLayer[]): number {
  return layers.reduce((product, { stride }) => product * stride, 1);
}

/** Layers as one stage. */
export function stageOf(layers: readonly BackboneLayer[]): Stage {
  const stride = strideOf(layers);
  let scale = 1;
  let reach = 0;
  let numbers = 0;
  for (const layer of layers) {
    reach += Math.floor(layer.kernel / 2) * scale;
    const before = layer.in / scale ** 2;
    scale *= layer.stride;
    numbers = Math.max(numbers, before + layer.out / scale ** 2);
  }
  const channels = layers.at(-1)?.out ?? 0;
  return { layers, stride, channels, margin: Math.ceil(reach / stride) * stride, numbers };
}
