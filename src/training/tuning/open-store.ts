/** Fills the store of a backbone's frozen part: feature maps by the fast engine, the teacher's embeddings beside them. */
import type { BackboneBundle } from '../../vision/bundle.ts';
import { createOnnxBackbone, createOnnxFront } from '../../vision/engines/onnx.ts';
import { float32ToFloat16 } from '../../vision/float16.ts';
import type { Cut } from './cut.ts';
import { type ComputeRecord, type FeatureStore, openFeatureStore } from './feature-store.ts';
import type { TuningHooks, TuningOptions, TuningPictures } from './options.ts';
import { timeLeft } from './time-left.ts';

/**
 * Memory does not grow with the number of views, the file does: 2 bytes a number of the cut's shape.
 *
 * @throws SurfwatchError `engine-unavailable`
 */
export async function openTuningStore(
  bundle: BackboneBundle,
  cut: Cut,
  pictures: TuningPictures,
  { teacher, threads, cacheDir }: Pick<TuningOptions, 'teacher' | 'threads' | 'cacheDir'>,
  hooks: TuningHooks,
): Promise<FeatureStore> {
  const shape = {
    features: cut.shape[0] * cut.shape[1] * cut.shape[2],
    teacher: teacher?.bundle.manifest.width ?? 0,
  };
  const key = [
    bundle.manifest.weights.sha256,
    cut.through,
    teacher?.bundle.manifest.weights.sha256 ?? '',
    pictures.key,
  ];
  const left = timeLeft();
  const onProgress = (done: number, total: number) =>
    hooks.onProgress?.('reading', done, total, left(done, total));
  const engines = lazy(async () => ({
    front: await createOnnxFront(bundle, cut.through, threads),
    teacher: teacher === null ? null : await createOnnxBackbone(teacher.bundle, threads),
  }));
  const compute: ComputeRecord = async pixels => {
    const { front, teacher: whole } = await engines.get();
    const features = await front.features(pixels);
    if (whole === null) return features;
    const bits = new Uint16Array(float32ToFloat16(await whole.embed(pixels, 1)).buffer);
    const record = new Uint16Array(features.length + bits.length);
    record.set(features);
    record.set(bits, features.length);
    return record;
  };
  const source = {
    key,
    count: pictures.count,
    views: () => pictures.views(),
    onProgress,
    signal: hooks.signal,
  };
  try {
    return await openFeatureStore(cacheDir, shape, source, compute);
  } finally {
    const opened = await engines.made();
    await opened?.front.close();
    await opened?.teacher?.close();
  }
}

/** Made when first wanted: a complete store needs no engine. */
function lazy<T>(make: () => Promise<T>) {
  let made: Promise<T> | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    made: () => made?.catch(() => undefined),
  };
}
