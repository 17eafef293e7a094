/** Runs an exported ONNX model beside the daemon's own engine. */
import { scoreEmbeddings } from '../../../activity/head.ts';
import { goldenPixels } from '../../../vision/backbone.ts';
import { createOnnxBackbone, openOnnxSession } from '../../../vision/engines/onnx.ts';
import type { ExportFiles, ExportModel } from '../model.ts';

/** @returns the largest difference of a probability on the drawn pattern, or null where onnxruntime does not load */
export async function checkOnnx(model: ExportModel, files: ExportFiles): Promise<number | null> {
  const [bytes] = Object.values(files);
  const runtime = await import('onnxruntime-node').catch(() => null);
  if (runtime === null || !(bytes instanceof Uint8Array)) return null;
  const { size } = model.input;
  const pixels = goldenPixels(size);
  const session = await openOnnxSession(bytes, 1);
  const input = new runtime.Tensor('uint8', pixels, [1, size, size, 3]);
  const { probabilities } = await session.run({ pixels: input });
  const found = probabilities?.data as Float32Array;
  await session.release();
  const backbone = await createOnnxBackbone(model.backbone, 1);
  const expected = scoreEmbeddings(model.head, await backbone.embed(pixels, 1), 1);
  await backbone.close();
  return Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? Number.NaN))));
}
