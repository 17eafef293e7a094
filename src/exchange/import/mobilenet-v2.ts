/** MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381), layer by layer, as keras.applications builds it. */
import { SurfwatchError } from '../../errors.ts';
import type { BackboneLayer } from '../../vision/bundle.ts';

/** The width multipliers that there are official weights of. */
const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4] as const;

/** A layer of a bundle, before its weights have a place. */
export type LayerShape = Omit<BackboneLayer, 'weight' | 'bias'>;

/** Channels, number of blocks, stride of the first of them. All but the first expand their input six times. */
const STAGES = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 3, 2],
  [64, 4, 2],
  [96, 3, 1],
  [160, 3, 2],
  [320, 1, 1],
] as const;

/** The nearest multiple of 8, not below 8, nor more than a tenth below the value. */
function makeDivisible(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}

/** @param alpha factor of the channels */
export function mobileNetV2Layers(alpha: number): LayerShape[] {
  const first = makeDivisible(32 * alpha);
  const layers: LayerShape[] = [
    { name: 'conv1', op: 'conv', kernel: 3, stride: 2, activation: 'relu6', in: 3, out: first },
  ];
  let channels = first;
  let block = 0;
  let before: string | undefined;
  for (const [width, repeats, stride] of STAGES) {
    const out = makeDivisible(Math.floor(width * alpha));
    for (let repeat = 0; repeat < repeats; repeat++) {
      const step = repeat === 0 ? stride : 1;
      const residual = step === 1 && channels === out ? before : undefined;
      layers.push(...blockLayers(`block${block}`, channels, out, step, block === 0 ? 1 : 6, residual));
      before = `block${block}/project`;
      channels = out;
      block++;
    }
  }
  const last = alpha > 1 ? makeDivisible(1280 * alpha) : 1280;
  const relu6 = { activation: 'relu6', in: channels, out: last } as const;
  return [...layers, { name: 'conv_last', op: 'conv', kernel: 1, stride: 1, ...relu6 }];
}

function blockLayers(
  name: string,
  from: number,
  out: number,
  stride: 1 | 2,
  factor: number,
  residual: string | undefined,
): LayerShape[] {
  const wide = from * factor;
  const pointwise = { op: 'conv', kernel: 1, stride: 1 } as const;
  const expand = { name: `${name}/expand`, ...pointwise, activation: 'relu6', in: from, out: wide } as const;
  const project = { name: `${name}/project`, ...pointwise, activation: 'linear', in: wide, out } as const;
  return [
    ...(factor === 1 ? [] : [expand]),
    {
      name: `${name}/depthwise`,
      op: 'depthwise_conv',
      kernel: 3,
      stride,
      activation: 'relu6',
      in: wide,
      out: wide,
    },
    residual === undefined ? project : { ...project, residualFrom: residual },
  ];
}

/** A layer as it was found, with the name its file gives it. */
export interface FoundLayer extends LayerShape {
  readonly source: string;
}

/**
 * Tells which MobileNetV2 the layers are.
 *
 * @param found in order, named as in {@link mobileNetV2Layers}
 * @throws SurfwatchError `import-unsuitable` with the first layer that differs from the nearest
 */
export function recogniseAlpha(found: readonly FoundLayer[], origin: string): number {
  const candidates = ALPHAS.map(alpha => {
    const expected = mobileNetV2Layers(alpha);
    const differs = expected.findIndex((layer, index) => differenceOf(layer, found[index]) !== undefined);
    const agree = differs === -1 ? expected.length : differs;
    return { alpha, expected, agree, whole: differs === -1 && found.length === expected.length };
  });
  const best = candidates.reduce((a, b) => (b.whole || (b.agree > a.agree && !a.whole) ? b : a));
  if (best.whole) return best.alpha;
  const { alpha, expected, agree } = best;
  const wanted = expected[agree];
  const layer = found[agree];
  const where = layer === undefined ? 'it ends too early' : `layer ${layer.source}`;
  const why = wanted === undefined ? 'comes after the last' : differenceOf(wanted, layer);
  throw new SurfwatchError(
    'import-unsuitable',
    `${origin} is not MobileNetV2: ${where} ${why} (compared with ${wanted?.name ?? 'its end'} of width ${alpha})`,
  );
}

/** What is other, in words; undefined where nothing is. */
function differenceOf(expected: LayerShape, found: FoundLayer | undefined): string | undefined {
  if (found === undefined) return `before ${describe(expected)}`;
  const same =
    describe(expected) === describe(found) &&
    expected.residualFrom === found.residualFrom &&
    expected.activation === found.activation;
  if (same) return undefined;
  return `is ${inFull(found)} where ${inFull(expected)} is expected`;
}

function describe({ op, kernel, stride, in: inputs, out }: LayerShape): string {
  const kind = op === 'conv' ? 'a convolution' : 'a depthwise convolution';
  return `${kind} ${kernel}×${kernel} of stride ${stride} from ${inputs} to ${out} channels`;
}

function inFull(layer: LayerShape): string {
  const added = layer.residualFrom === undefined ? '' : `, added to ${layer.residualFrom}`;
  return `${describe(layer)}, ${layer.activation}${added}`;
}
