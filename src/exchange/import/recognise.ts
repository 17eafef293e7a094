/** From a model or from weights alone to the convolutions of a MobileNetV2. */
import { SurfwatchError } from '../../errors.ts';
import { type Convolution, convolutionOf, EPSILON, foldNorm, Misfit } from './convolutions.ts';
import { type FoundLayer, mobileNetV2Layers, recogniseAlpha } from './mobilenet-v2.ts';
import type { WeightList } from './weight-list.ts';

/** The same for every width: all but the channels. */
const PLAN = mobileNetV2Layers(1);

export interface RecognisedBackbone {
  /** Factor of the channels. */
  readonly alpha: number;
  /** Length of an embedding. */
  readonly width: number;
  /** Named as in a bundle. */
  readonly layers: readonly FoundLayer[];
  readonly convolutions: readonly Convolution[];
}

/** @throws SurfwatchError `import-unsuitable` with the first layer that is no MobileNetV2's */
export function recognise(convolutions: readonly Convolution[], origin: string): RecognisedBackbone {
  const layers = convolutions.map((found, index) => foundLayer(found, index));
  const alpha = recogniseAlpha(layers, origin);
  const wrong = convolutions.find(
    ({ weight, bias }) => !(weight.every(Number.isFinite) && bias.every(Number.isFinite)),
  );
  if (wrong !== undefined) {
    throw new SurfwatchError(
      'import-unsuitable',
      `${origin}: layer ${wrong.source} has weights that are no numbers`,
    );
  }
  return { alpha, width: layers.at(-1)?.out ?? 0, layers, convolutions };
}

function foundLayer(found: Convolution, index: number): FoundLayer {
  const { source, op, kernel, stride, activation, out, residualFrom } = found;
  const name = (at: number) => PLAN[at]?.name ?? `layer${at}`;
  const plain = { source, name: name(index), op, kernel, stride, activation, in: found.in, out };
  return residualFrom === undefined ? plain : { ...plain, residualFrom: name(residualFrom) };
}

/**
 * Takes weights by their order, as the file names no architecture.
 *
 * @throws SurfwatchError `import-unsuitable`
 */
export function convolutionsOf(list: WeightList, origin: string): Convolution[] {
  const next = { conv: 0, depthwise_conv: 0 };
  const lists = { conv: list.convolutions, depthwise_conv: list.depthwise };
  const convolutions: Convolution[] = [];
  for (const [index, planned] of PLAN.entries()) {
    const layer = lists[planned.op][next[planned.op]++];
    // What is missing is named by the comparison with the architecture.
    if (layer === undefined) break;
    try {
      const convolution = convolutionOf(layer.name, planned.op, planned.stride, layer.weights);
      const norm = list.norms[index];
      if (norm !== undefined) foldNorm(convolution, norm.weights, EPSILON);
      else if (list.norms.length > 0) throw new Misfit('has no BatchNorm after it');
      convolution.activation = planned.activation;
      const source = PLAN.findIndex(({ name }) => name === planned.residualFrom);
      convolution.residualFrom = source === -1 ? undefined : source;
      convolutions.push(convolution);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw new SurfwatchError(
        'import-unsuitable',
        `${origin} is not MobileNetV2: layer ${layer.name}, taken for ${planned.name}, ${error.message}`,
        { cause: error },
      );
    }
  }
  const left = list.convolutions[next.conv] ?? list.depthwise[next.depthwise_conv];
  if (convolutions.length === PLAN.length && left !== undefined) {
    throw new SurfwatchError(
      'import-unsuitable',
      `${origin} is not MobileNetV2: layer ${left.name} comes after its last`,
    );
  }
  return convolutions;
}
