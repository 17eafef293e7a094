/** Takes each frame through quality gates, reader and tracker, and keeps the state between two frames. */
import type { BeachReader, ReadFrame } from '../activity/beach-reader.ts';
import { NOTHING_OBSERVED, type Observed, type ObserverState, observe } from '../activity/observe.ts';
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
import { isInside } from '../vision/cells/detail.ts';
import { restoreDirt, restoreView, type StoredView, storeView } from '../vision/quality/store-view.ts';
import type { Zone } from '../vision/zone.ts';
import type { ProcessedFrame } from './processed-frame.ts';

export interface PipelineDeps {
  /** In force: asked for at each frame. */
  readonly settings: () => Pick<Settings, 'activity' | 'gates'>;
  readonly zones: readonly Zone[];
  readonly reader: BeachReader;
  readonly newId: () => string;
  readonly clock: Clock;
}

export class Pipeline {
  readonly meter = newMeter();
  readonly #deps: PipelineDeps;
  #tracker: TrackerState;
  #observer: ObserverState = NOTHING_OBSERVED;
  /** Id of the newest frame; null while there are no pictures. */
  #frame: string | null = null;
  #detail: SeenDetail | null = null;
  #processed = 0;
  #workingSinceMs: number | null = null;
  /** The view was forgotten while a frame was at work, which still knows it. */
  #forgetAfter = false;

  constructor(deps: PipelineDeps) {
    this.#deps = deps;
    this.#tracker = startTracker(
      deps.zones.map(zone => zone.name),
      this.#now(),
    );
  }

  /** After a change of head: its next frame decides anew, and all is reported again. */
  restart(): void {
    this.#tracker = restartTracker(this.#tracker, this.#deps.clock.monotonic());
    const { riders, kites } = NOTHING_OBSERVED;
    this.#observer = { ...this.#observer, riders, kites };
  }

  /** The settings in use; a threshold that they leave out is that of the head. */
  get options(): ActivityOptions {
    const { settings, reader } = this.#deps;
    const { activity } = settings();
    return { ...activity, thresholds: { ...reader.head.manifest.thresholds, ...activity.thresholds } };
  }

  /** Id of the head in use. */
  get head(): string {
    return this.#deps.reader.head.manifest.id;
  }

  /** Frames that were judged or found unreadable, since the start; an engine that fails judges none. */
  get processed(): number {
    return this.#processed;
  }

  /** What was learnt of the camera's view, null where nothing was. */
  get storedView(): StoredView | null {
    const { gates } = this.#observer;
    return storeView(gates?.view ?? null, gates?.dirt ?? null);
  }

  /** Goes on with what an earlier run learnt; anything else is ignored. */
  restoreView(stored: unknown): void {
    const nowMs = this.#deps.clock.monotonic();
    const view = restoreView(stored, nowMs);
    if (view === null) return;
    this.#observer = { ...this.#observer, gates: { still: null, view, dirt: restoreDirt(stored, nowMs) } };
  }

  /** Learns the view anew, from the next picture on; one that is at work does not count. */
  forgetView(): void {
    this.#observer = { ...this.#observer, gates: null };
    this.#forgetAfter = this.#workingSinceMs !== null;
  }

  /** How finely frames are read; null before the first. */
  get detail(): SeenDetail | null {
    return this.#detail;
  }

  /** Since when a frame is at work, by the monotonic clock; null where none is. */
  get workingSinceMs(): number | null {
    return this.#workingSinceMs;
  }

  /** What is known of the beach now. */
  get reports(): Reports {
    return reportOf(this.#tracker, this.#frame);
  }

  /**
   * Takes the next frame of the camera in.
   *
   * @throws whatever the engine throws when it fails: nothing is then known of this frame
   */
  async process(frame: Frame): Promise<ProcessedFrame> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonic();
    let observed: Observed;
    this.#workingSinceMs = startedMs;
    try {
      observed = await this.observe(frame, startedMs);
    } catch (error) {
      this.meter.failed += 1;
      throw error;
    } finally {
      this.#workingSinceMs = null;
    }
    const { read, error, state, observation } = observed;
    const isOfOldHead = read !== undefined && read.head !== this.head;
    const { riders, kites } = isOfOldHead ? NOTHING_OBSERVED : state;
    this.#observer = { ...state, riders, kites, ...(this.#forgetAfter && { gates: null }) };
    this.#forgetAfter = false;
    this.#processed += 1;
    // What the old head says is not the first word of the new one.
    if (isOfOldHead) return { frame, observed, tookMs: clock.monotonic() - startedMs };
    if (error !== undefined) this.meter.failed += 1;
    const step = this.#track(observation, frame.id);
    const newDetail = read && this.#updateDetail(read);
    const tookMs = clock.monotonic() - startedMs;
    if (error === undefined) countFrame(this.meter, startedMs, clock.monotonic());
    return { frame, observed, tookMs, step, ...(newDetail && { newDetail }) };
  }

  /** What a frame shows, without any consequence. */
  observe(frame: Frame, monotonicMs: number): Promise<Observed> {
    const { zones, settings, reader, newId } = this.#deps;
    return observe(frame, monotonicMs, this.#observer, { reader, zones, gates: settings().gates, newId });
  }

  /** Time passes without a frame. */
  tick(): TrackerStep {
    return this.#track({ ...this.#now(), frame: null, visibility: 'ok', zones: {} }, this.#frame);
  }

  /** There are no pictures, for this reason. */
  blind(visibility: Exclude<Visibility, 'ok'>): TrackerStep {
    return this.#track({ ...this.#now(), frame: null, visibility, zones: {} }, null);
  }

  /** Ends the sessions that are open: there will be no pictures for a while. */
  endSessions(): TrackerStep['events'] {
    const { state, events } = stopTracker(this.#tracker);
    this.#tracker = state;
    return events;
  }

  /** Undefined where riders are seen as finely as before. */
  #updateDetail(read: ReadFrame): SeenDetail | undefined {
    const before = this.#detail;
    this.#detail = nextDetail(before, read);
    return before?.scale === this.#detail.scale ? undefined : this.#detail;
  }

  #track(observation: Parameters<typeof track>[1], frame: string | null): TrackerStep {
    const step = track(this.#tracker, observation, this.options, { newId: this.#deps.newId });
    this.#tracker = step.state;
    this.#frame = frame;
    return step;
  }

  #now() {
    const { clock } = this.#deps;
    return { atMs: clock.now(), monotonicMs: clock.monotonic() };
  }
}

/** How finely the beach is read, after one more frame: one for what is not watched takes longer. */
function nextDetail(
  before: SeenDetail | null,
  { detail: { scale, smallestPx, watched, turns, part }, tookMs }: ReadFrame,
): SeenDetail {
  const took = tookMs.decode + tookMs.embed + tookMs.score;
  const isLook = !isInside(part, watched);
  return { scale, smallestPx, watched, turns, tookMs: isLook ? (before?.tookMs ?? took) : took };
}
