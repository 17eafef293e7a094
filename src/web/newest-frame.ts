/** The newest frame, as far as the page shows it and tries zones on it. */
import type { HeadManifest } from '../activity/head-bundle.ts';
import { activitiesAbove } from '../activity/scores.ts';
import { sightsOf } from '../activity/zones.ts';
import { type ZoneSetting, zonesOf } from '../config/zones.ts';
import { SurfwatchError } from '../errors.ts';
import type { TrackedFrame } from '../pipeline/processed-frame.ts';
import type { ZoneSight } from './routes/setup.ts';

/** Not the frame itself: its decoded picture takes megabytes. */
interface Newest extends Pick<TrackedFrame['observed']['read'], 'detections' | 'kites'> {
  readonly id: string;
  readonly bytes: Buffer;
  readonly scene: TrackedFrame['observed']['state']['scene'];
  readonly isGood: boolean;
}

export class NewestFrame {
  #newest: Newest | undefined;

  take({ frame, observed: { read, state, observation } }: TrackedFrame): void {
    this.#newest = {
      id: frame.id,
      bytes: frame.bytes,
      detections: read.detections,
      kites: read.kites,
      scene: state.scene,
      isGood: observation.visibility === 'ok',
    };
  }

  /** Nobody is to see the beach now. */
  forget(): void {
    this.#newest = undefined;
  }

  get isKnown(): boolean {
    return this.#newest !== undefined;
  }

  /** @throws SurfwatchError `label-frame-unknown` */
  get id(): string {
    return this.#known.id;
  }

  /** Undefined where another frame is meant. */
  bytesOf(id: string): Buffer | undefined {
    return this.#newest?.id === id ? this.#newest.bytes : undefined;
  }

  /** What it shows by itself in each of these zones. @throws SurfwatchError `label-frame-unknown` */
  sightsIn(
    zones: readonly ZoneSetting[],
    manifest: Pick<HeadManifest, 'activities' | 'cells'>,
    thresholds: Readonly<Record<string, number>>,
  ): readonly ZoneSight[] {
    const { isGood, scene, ...found } = this.#known;
    return sightsOf(found, zonesOf({ zones }), scene, manifest).map(({ name, scores, count }) => ({
      name,
      activity: isGood ? (activitiesAbove(scores, thresholds)[0] ?? 'none') : 'unknown',
      count,
    }));
  }

  get #known(): Newest {
    if (this.#newest === undefined)
      throw new SurfwatchError('label-frame-unknown', 'no frame was judged yet');
    return this.#newest;
  }
}
