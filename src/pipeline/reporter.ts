/** Publishes what is known of the beach: on every change, and again at every heartbeat. */
import type { Reports } from '../activity/report.ts';
import type { TrackerStep } from '../activity/tracker.ts';
import type { Clock } from '../base/clock.ts';
import { alertsFor } from '../messaging/alerts.ts';
import { activityPayload, eventPayload, type Sender, zonePayload } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import { ridersPayload } from '../messaging/rider-payload.ts';

export interface ReporterDeps {
  readonly messaging: Pick<Messaging, 'set' | 'pass' | 'emit' | 'alert'>;
  /** Zones are published one by one, not only the beach as a whole. */
  readonly byZone: boolean;
  /** Riders are published one by one, not only counted. */
  readonly publishRiders: () => boolean;
  readonly sender: () => Sender;
  readonly newId: () => string;
  readonly clock: Clock;
}

export class Reporter {
  readonly #deps: ReporterDeps;
  #publishedMs: number | null = null;

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
  }

  /** Monotonic milliseconds of the last publication, null before the first. */
  get publishedMs(): number | null {
    return this.#publishedMs;
  }

  /**
   * Publishes a step of the tracker where it changes something, be it a count, or is the first.
   *
   * @returns whether it was published
   */
  report(step: TrackerStep): boolean {
    this.emit(step.events);
    this.#passRiders(step);
    const changed = step.changed.beach || step.changed.zones.length > 0 || step.recounted;
    if (!changed && this.#publishedMs !== null) return false;
    this.publish(step);
    for (const [id, text] of alertsFor(step.beach.visibility)) this.#deps.messaging.alert(id, text);
    return true;
  }

  publish({ beach, zones }: Reports): void {
    const { messaging, byZone, clock } = this.#deps;
    const sender = this.#deps.sender();
    messaging.set('activity', activityPayload(beach, sender));
    messaging.set('activity/state', beach.activity);
    if (byZone)
      for (const zone of zones) messaging.set(`zone/${zone.zone}/activity`, zonePayload(zone, sender));
    this.#publishedMs = clock.monotonic();
  }

  /** Nothing where no frame was searched for riders. */
  #passRiders({ riders, state, beach: { frame } }: TrackerStep): void {
    const { messaging, publishRiders, clock } = this.#deps;
    if (riders === undefined || frame === null || !publishRiders()) return;
    messaging.pass('riders', ridersPayload(riders, frame, state.offsetMs, clock.now()));
  }

  emit(events: TrackerStep['events']): void {
    const { messaging, newId, sender } = this.#deps;
    for (const event of events) messaging.emit(eventPayload(event, newId(), sender()));
  }
}
