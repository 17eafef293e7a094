/** Where the network is cut: what lies before the last N blocks stays as it is. */
import { SurfwatchError } from '../../errors.ts';
import type { BackboneLayer, BackboneManifest } from '../../vision/bundle.ts';

export interface Cut {
  /** Name of the last frozen layer, whose output the tuned part begins with. */
  readonly through: string;
  /** Shape of that output: [side, side, channels]. */
  readonly shape: readonly [number, number, number];
  /** The tuned layers, in order. */
  readonly layers: readonly BackboneLayer[];
  /** Names of the tuned blocks, first to last: `block15`, `block16`, `conv_last`. */
  readonly blocks: readonly string[];
}

/**
 * Cuts before the last `unfreeze` blocks. A block is a run of layers with the same name up to the slash
 * (`block16/expand`, `block16/depthwise`, `block16/project`), so MobileNetV2 has 19: `conv1`, `block0` to `block16`, and
 * `conv_last`. With 1 only `conv_last` is tuned, with 2 `block16` too, with 18 all but `conv1`.
 *
 * @throws SurfwatchError `unfreeze-impossible` unless 1 ≤ unfreeze < number of blocks, or where a residual sum crosses
 * the cut
 */
export function cutBefore(manifest: BackboneManifest, unfreeze: number): Cut {
  const names = blockNames(manifest.layers);
  if (!Number.isInteger(unfreeze) || unfreeze < 1 || unfreeze >= names.length) {
    throw new SurfwatchError(
      'unfreeze-impossible',
      `${manifest.id} has ${names.length} blocks, of which 1 to ${names.length - 1} can be tuned, not ${unfreeze}`,
    );
  }
  const blocks = names.slice(-unfreeze);
  const first = manifest.layers.findIndex(layer => blockOf(layer) === blocks[0]);
  const front = manifest.layers.slice(0, first);
  const last = front.at(-1) as BackboneLayer;
  const layers = manifest.layers.slice(first);
  const known = new Set([last.name, ...layers.map(layer => layer.name)]);
  const crossing = layers.find(({ residualFrom }) => residualFrom !== undefined && !known.has(residualFrom));
  if (crossing !== undefined) {
    throw new SurfwatchError(
      'unfreeze-impossible',
      `layer ${crossing.name} of ${manifest.id} adds ${crossing.residualFrom}, which lies before the last frozen layer ${last.name}`,
    );
  }
  const side = front.reduce((size, { stride }) => Math.ceil(size / stride), manifest.input.size);
  return { through: last.name, shape: [side, side, last.out], layers, blocks };
}

function blockNames(layers: readonly BackboneLayer[]): string[] {
  return [...new Set(layers.map(blockOf))];
}

function blockOf(layer: BackboneLayer): string {
  return layer.name.split('/')[0] as string;
}
