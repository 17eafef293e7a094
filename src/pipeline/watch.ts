/** From a frame to what is known of the beach: gates, reader and tracker with the state between two frames. */
import type { BeachReader, ReadFrame } from '../activity/beach-reader.ts';
import { FIRST_SIGHT, type LookedAt, lookAt, type SightState } from '../activity/observe.ts';
import type { ActivityOptions } from '../activity/options.ts';
import { type Reports, reportOf } from '../activity/report.ts';
import {
  restartTracker,
  startTracker,
  stopTracker,
  type TrackerState,
  type TrackerStep,
  track,
} from '../activity/tracker.ts';
import type { Visibility } from '../activity/visibility.ts';
import type { Clock } from '../base/clock.ts';
import { countFrame, newMeter } from '../base/meter.ts';
import type { Frame } from '../capture/source.ts';
import type { Settings } from '../config/settings.ts';
import type { SeenDetail } from '../messaging/describe.ts';
import { restoreDirt, restoreView, type StoredView, storeView } from '../vision/quality/store-view.ts';
import type { Zone } from '../vision/zone.ts';
import { sameDetail, seeDetail } from './seen-detail.ts';

export interface WatchParts {
  /** Those in force: asked for at each frame. */
  readonly settings: () => Pick<Settings, 'activity' | 'gates'>;
  readonly zones: readonly Zone[];
  readonly newId: () => string;
  /** Frames are read more or less finely from now on. */
  readonly onDetail?: (detail: SeenDetail) => void;
  readonly clock: Clock;
}

/** A frame that was looked at, and what followed from it. */
export interface Look {
  readonly frame: Frame;
  readonly looked: LookedAt;
  /** From the frame to what is known by it. */
  readonly tookMs: number;
  /** Not there where another head came into force meanwhile: what the old one said is not the first word of the new. */
  readonly step?: TrackerStep;
}

export class Watch {
  readonly meter = newMeter();
  readonly #parts: WatchParts;
  #reader: BeachReader | undefined;
  #tracker: TrackerState;
  #sight: SightState = FIRST_SIGHT;
  /** The last frame that was looked at. */
  #frame: string | null = null;
  #detail: SeenDetail | null = null;
  #judged = 0;
  /** Since when a frame is at work, by the monotonic clock. */
  #workingSinceMs: number | null = null;
  /** The view was forgotten while a frame was at work, which still knows it. */
  #forgetAfter = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#tracker = startTracker(
      parts.zones.map(zone => zone.name),
      this.#now(),
    );
  }

  /** Looks with this from now on. */
  use(reader: BeachReader): void {
    this.#reader = reader;
  }

  /** After a change of head: its next frame decides anew, and all is reported again. */
  restart(): void {
    this.#tracker = restartTracker(this.#tracker, this.#parts.clock.monotonic());
    this.#sight = { ...this.#sight, riders: FIRST_SIGHT.riders, kites: FIRST_SIGHT.kites };
  }

  /** Those of the head, over which the config's go. */
  get options(): ActivityOptions {
    const { activity } = this.#parts.settings();
    const thresholds = { ...this.#reader?.head.manifest.thresholds, ...activity.thresholds };
    return { ...activity, thresholds };
  }

  /** Id of the head in force, `''` before there is one. */
  get head(): string {
    return this.#reader?.head.manifest.id ?? '';
  }

  /** Frames that were judged or found unreadable; an engine that fails judges none. */
  get judged(): number {
    return this.#judged;
  }

  /** What was learnt of the camera's view, null where nothing was. */
  get storedView(): StoredView | null {
    return storeView(this.#sight.gates?.view ?? null, this.#sight.gates?.dirt ?? null);
  }

  /** Goes on with what an earlier run learnt; what is none of that is left out. */
  restoreView(stored: unknown): void {
    const nowMs = this.#parts.clock.monotonic();
    const view = restoreView(stored, nowMs);
    if (view === null) return;
    this.#sight = { ...this.#sight, gates: { still: null, view, dirt: restoreDirt(stored, nowMs) } };
  }

  /** Learns the view anew, from the next picture on; one that is at work does not count. */
  forgetView(): void {
    this.#sight = { ...this.#sight, gates: null };
    this.#forgetAfter = this.#workingSinceMs !== null;
  }

  /** How finely frames are read; null before the first. */
  get detail(): SeenDetail | null {
    return this.#detail;
  }

  get workingSinceMs(): number | null {
    return this.#workingSinceMs;
  }

  /** As things stand. */
  get reports(): Reports {
    return reportOf(this.#tracker, this.#frame);
  }

  /**
   * Looks at the next frame of the camera.
   *
   * @throws whatever the engine throws when it fails: nothing is then known of this frame
   */
  async look(frame: Frame): Promise<Look> {
    const { clock } = this.#parts;
    const startedMs = clock.monotonic();
    let looked: LookedAt;
    this.#workingSinceMs = startedMs;
    try {
      looked = await this.examine(frame, startedMs);
    } catch (error) {
      this.meter.failed += 1;
      throw error;
    } finally {
      this.#workingSinceMs = null;
    }
    // Of another head, what the old one followed begins anew.
    const { gates, riders, kites, scene } = looked.state;
    const isOld = looked.read !== undefined && looked.read.head !== this.head;
    this.#sight = {
      gates: this.#forgetAfter ? null : gates,
      riders: isOld ? FIRST_SIGHT.riders : riders,
      kites: isOld ? FIRST_SIGHT.kites : kites,
      scene,
    };
    this.#forgetAfter = false;
    if (looked.read !== undefined) this.#see(looked.read);
    this.#judged += 1;
    const lookOf = (step?: TrackerStep): Look => {
      const tookMs = clock.monotonic() - startedMs;
      return step === undefined ? { frame, looked, tookMs } : { frame, looked, tookMs, step };
    };
    if (isOld) return lookOf();
    if (looked.error !== undefined) this.meter.failed += 1;
    const step = this.#take(looked.observation, frame.id);
    if (looked.error === undefined) countFrame(this.meter, startedMs, clock.monotonic());
    return lookOf(step);
  }

  /** What is on a frame, without any consequence. */
  examine(frame: Frame, monotonicMs: number): Promise<LookedAt> {
    const { zones, settings, newId } = this.#parts;
    const reader = this.#reader as BeachReader;
    return lookAt(frame, monotonicMs, this.#sight, { reader, zones, gates: settings().gates, newId });
  }

  /** Time passes without a frame. */
  tick(): TrackerStep {
    return this.#take({ ...this.#now(), frame: null, visibility: 'ok', zones: {} }, this.#frame);
  }

  /** There are no pictures, for this reason. */
  blind(visibility: Exclude<Visibility, 'ok'>): TrackerStep {
    return this.#take({ ...this.#now(), frame: null, visibility, zones: {} }, null);
  }

  /** Ends the sessions that are open: nobody looks any more. */
  endSessions(): TrackerStep['events'] {
    const { state, events } = stopTracker(this.#tracker);
    this.#tracker = state;
    return events;
  }

  #see(read: ReadFrame): void {
    const before = this.#detail;
    this.#detail = seeDetail(before, read, this.#parts.clock.monotonic());
    if (!sameDetail(before, this.#detail)) this.#parts.onDetail?.(this.#detail);
  }

  #take(observation: Parameters<typeof track>[1], frame: string | null): TrackerStep {
    const step = track(this.#tracker, observation, this.options, { newId: this.#parts.newId });
    this.#tracker = step.state;
    this.#frame = frame;
    return step;
  }

  #now() {
    const { clock } = this.#parts;
    return { atMs: clock.now(), monotonicMs: clock.monotonic() };
  }
}
