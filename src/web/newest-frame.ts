/** The newest frame, as far as the page shows it and tries zones on it. */
import type { HeadManifest } from '../activity/head-bundle.ts';
import { activitiesAbove } from '../activity/scores.ts';
import { sightsOf } from '../activity/zones.ts';
import { type ZoneSetting, zonesOf } from '../config/zones.ts';
import { SurfwatchError } from '../errors.ts';
import type { TrackedFrame } from '../pipeline/processed-frame.ts';
import type { ZoneSight } from './routes/setup.ts';

/** Not the frame itself: its decoded picture takes megabytes. */
interface Newest {
  readonly id: string;
  readonly bytes: Buffer;
  readonly scene: TrackedFrame['observed']['state']['scene'];
  readonly isGood: boolean;
  /** What all of it shows: it was read closely where somebody is expected, and zones may be tried elsewhere. */
  found?: Promise<Found>;
}

type Found = Pick<TrackedFrame['observed']['read'], 'detections' | 'kites'>;

export interface NewestFrameDeps {
  /** Reads all of a picture at full detail. @throws whatever the engine throws when it fails */
  readonly readWhole: (bytes: Buffer) => Promise<Found>;
}

export class NewestFrame {
  readonly #deps: NewestFrameDeps;
  #newest: Newest | undefined;

  constructor(deps: NewestFrameDeps) {
    this.#deps = deps;
  }

  take({ frame, observed: { state, observation } }: Pick<TrackedFrame, 'frame' | 'observed'>): void {
    this.#newest = {
      id: frame.id,
      bytes: frame.bytes,
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
  async sightsIn(
    zones: readonly ZoneSetting[],
    manifest: Pick<HeadManifest, 'activities' | 'cells'>,
    thresholds: Readonly<Record<string, number>>,
  ): Promise<readonly ZoneSight[]> {
    const newest = this.#known;
    const { isGood, scene, bytes } = newest;
    newest.found ??= this.#deps.readWhole(bytes);
    const found = await newest.found;
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
