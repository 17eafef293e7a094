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
  /** Of its output. */
  readonly channels: number;
  /** Rows of input beyond each end of a band on which its outputs depend at most; a multiple of the stride. */
  readonly margin: number;
  /** Numbers that are held at once, at the most, for each position of the input. */
  readonly numbers: number;
}

/** At each of these strides a stage ends: the more stages, the fewer rows of margin are computed twice. */
const ENDS = [4, 8, 16];

/**
 * @param alone name of a layer that shall begin a stage of its own, which ends at the next stride
 * @returns stages that together are all layers, in order
 */
export function planStages(layers: readonly BackboneLayer[], alone?: string): Stage[] {
  const at = layers.findIndex(({ name }) => name === alone);
  const isOwn = at > 0 && canCut(layers, at - 1);
  const ends = isOwn ? [...ENDS, 2 * strideOf(layers.slice(0, at))] : ENDS;
  const cuts = ends.flatMap(stride => {
    const places = layers
      .map((layer, index) => ({ layer, index }))
      .filter(({ index }) => strideOf(layers.slice(0, index + 1)) === stride && canCut(layers, index));
    // What goes from one stage to the next is copied: the fewer channels, the better.
    const [narrowest] = places.sort((a, b) => a.layer.out - b.layer.out);
    return narrowest === undefined ? [] : [narrowest.index + 1];
  });
  const bounds = [...new Set([0, ...cuts, ...(isOwn ? [at] : []), layers.length])].sort((a, b) => a - b);
  return bounds.slice(1).flatMap((end, index) => {
    const part = layers.slice(bounds[index], end);
    return part.length === 0 ? [] : [stageOf(part)];
  });
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

function stageOf(layers: readonly BackboneLayer[]): Stage {
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
