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
  /** Rows of input beyond each end of a band on which its outputs depend at most; a multiple of the stride. */
  readonly margin: number;
  /** Numbers that are held at once, at the most, for each position of the input. */
  readonly numbers: number;
}

/** Strides after which a stage ends: both are passed before the network sees far. */
const ENDS = [4, 16];

/** @returns stages that together are all layers, in order */
export function planStages(layers: readonly BackboneLayer[]): Stage[] {
  const cuts = ENDS.flatMap(stride => {
    const cut = layers.findIndex(
      (_, index) => strideOf(layers.slice(0, index + 1)) >= stride && canCut(layers, index),
    );
    return cut === -1 ? [] : [cut + 1];
  });
  const bounds = [0, ...cuts, layers.length];
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
  return { layers, stride, margin: Math.ceil(reach / stride) * stride, numbers };
}
