/** Measures what each layer's output holds on pictures: the ranges that an int8 export is scaled by. */
import type { InferenceSession } from 'onnxruntime-node';
import { SurfwatchError } from '../../errors.ts';
import type { BackboneBundle, Ranges } from '../../vision/bundle.ts';
import { openOnnxSession } from '../../vision/engines/onnx.ts';
import { backboneGraph } from '../../vision/engines/onnx-graph.ts';
import { type OnnxNode, writeOnnxModel } from '../../vision/engines/onnx-proto.ts';

/** Share of the pictures whose extremes a range holds; those beyond are clipped. */
const HELD = 0.99;

/**
 * Runs the backbone on pictures with the extremes of every layer as further outputs. A range reaches as far as the
 * extremes of {@link HELD} of the pictures: the whole reach of a few odd ones would make every step coarser.
 *
 * @param pictures each [size, size, 3] RGB bytes
 * @throws SurfwatchError `engine-unavailable`, `export-needs-ranges` where there are no pictures
 */
export async function measureRanges(
  bundle: BackboneBundle,
  pictures: AsyncIterable<Uint8Array>,
  onPicture: () => void = () => {},
): Promise<Ranges> {
  const names = measuredNames(bundle);
  const { session, Tensor } = await open(bundle, names);
  const { size } = bundle.manifest.input;
  const extremes = names.map(() => ({ below: [] as number[], above: [] as number[] }));
  for await (const pixels of pictures) {
    const found = await session.run({ pixels: new Tensor('uint8', pixels, [1, size, size, 3]) });
    for (const [index, { below, above }] of extremes.entries()) {
      below.push(-scalar(found, `${names[index]}/min`));
      above.push(scalar(found, `${names[index]}/max`));
    }
    onPicture();
  }
  await session.release();
  if (extremes[0]?.above.length === 0) {
    throw new SurfwatchError('export-needs-ranges', 'there is no picture to measure ranges on');
  }
  const ranges = extremes.map(({ below, above }, index) => [
    names[index] as string,
    { min: 0 - reach(below, HELD), max: reach(above, HELD) },
  ]);
  return Object.fromEntries(ranges);
}

/** Each layer by its name; of one that adds another, also before the sum. */
function measuredNames({ manifest }: BackboneBundle): string[] {
  return manifest.layers.flatMap(({ name, residualFrom }) =>
    residualFrom === undefined ? [name] : [`${name}/sum`, name],
  );
}

async function open(bundle: BackboneBundle, names: readonly string[]) {
  const { nodes, constants } = backboneGraph(bundle);
  const reducers = names.flatMap((name): OnnxNode[] => [
    { op: 'ReduceMin', inputs: [name], output: `${name}/min`, int: { keepdims: 0 } },
    { op: 'ReduceMax', inputs: [name], output: `${name}/max`, int: { keepdims: 0 } },
  ]);
  const { size } = bundle.manifest.input;
  const bytes = writeOnnxModel({
    name: 'ranges',
    nodes: [...nodes, ...reducers],
    constants,
    inputs: [{ name: 'pixels', type: 'uint8', shape: ['n', size, size, 3] }],
    outputs: reducers.map(({ output }) => ({ name: output, type: 'float32', shape: [] })),
  });
  const session = await openOnnxSession(bytes, 1);
  const { Tensor } = await import('onnxruntime-node');
  return { session, Tensor };
}

function scalar(found: InferenceSession.OnnxValueMapType, name: string): number {
  const [value] = (found[name]?.data ?? []) as Float32Array;
  return value ?? Number.NaN;
}

/** The value that a share of the values does not exceed. */
function reach(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
