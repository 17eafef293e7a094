/** What a photo shows, as a whole: no riders are looked for. What `classify` and `evaluate` use, and the exports. */
import { join } from 'node:path';
import type { Backbone } from '../vision/backbone.ts';
import { PICTURE_LIMITS, readPhoto } from '../vision/decode.ts';
import type { EngineOptions } from '../vision/engines/create.ts';
import { measureQuality, type PictureQuality } from '../vision/quality.ts';
import { scoreEmbeddings } from './head.ts';
import { type HeadBundle, loadHead } from './head-bundle.ts';
import { type ModelOptions, openHeadAndBackbone, shareBackbone } from './model.ts';
import { type Scores, scoresOf } from './scores.ts';

export interface ScoredPhoto {
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Scores;
  readonly quality: PictureQuality;
}

export interface PictureClassifier {
  readonly backbone: Backbone;
  readonly head: HeadBundle;
  /** @throws SurfwatchError `image-unreadable`, `image-too-large` */
  classify(bytes: Buffer): Promise<ScoredPhoto>;
  close(): Promise<void>;
}

/** @throws SurfwatchError `model-missing`, `model-invalid`, `engine-unavailable`, `engine-wrong` */
export async function createPictureClassifier(
  models: Pick<ModelOptions, 'dir' | 'backbone' | 'pictureHead'>,
  options: EngineOptions,
): Promise<PictureClassifier> {
  const shared = shareBackbone(models, 'pictures', options);
  const { backbone, head } = await openHeadAndBackbone(shared, known =>
    loadHead(join(models.dir, 'heads'), models.pictureHead, known),
  );
  const scoreSquare = async ({ rgb }: { readonly rgb: Uint8Array }): Promise<Scores> =>
    scoresOf(head.manifest, scoreEmbeddings(head, await backbone.embed(rgb, 1), 1), 0);
  return {
    backbone,
    head,
    async classify(bytes) {
      const { whole, middle } = await readPhoto(bytes, backbone.manifest.input.size, PICTURE_LIMITS);
      const scores = await scoreSquare(whole);
      return {
        // On photos of sources never seen both together are right more often than either.
        scores: middle === null ? scores : between(scores, await scoreSquare(middle)),
        quality: measureQuality(whole),
      };
    },
    close: () => shared.close(),
  };
}

/** The probability of each half-way between two, in odds. */
function between(one: Scores, other: Scores): Scores {
  const clamped = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));
  const logit = (p: number) => Math.log(clamped(p) / (1 - clamped(p)));
  return Object.fromEntries(
    Object.entries(one).map(([name, score]) => [
      name,
      1 / (1 + Math.exp(-(logit(score) + logit(other[name] ?? score)) / 2)),
    ]),
  );
}
