/** Hands what is known of the beach to the broker: on every change, and again at every heartbeat. */
import type { Reports } from '../activity/report.ts';
import type { TrackerStep } from '../activity/tracker.ts';
import type { Clock } from '../base/clock.ts';
import { alertsFor } from '../messaging/alerts.ts';
import { activityPayload, eventPayload, type Sender, zonePayload } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import { ridersPayload } from '../messaging/rider-payload.ts';

export interface ReporterParts {
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
  readonly #parts: ReporterParts;
  #publishedMs: number | null = null;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
  }

  /** Monotonic milliseconds of the last publication, null before the first. */
  get publishedMs(): number | null {
    return this.#publishedMs;
  }

  /**
   * Takes a step of the tracker in.
   *
   * @returns whether it was published: it changes something, be it a count, or is the first
   */
  take(step: TrackerStep): boolean {
    this.emit(step.events);
    this.#passRiders(step);
    const changed = step.changed.beach || step.changed.zones.length > 0 || step.recounted;
    if (!changed && this.#publishedMs !== null) return false;
    this.publish(step);
    for (const [id, text] of alertsFor(step.beach.visibility)) this.#parts.messaging.alert(id, text);
    return true;
  }

  publish({ beach, zones }: Reports): void {
    const { messaging, byZone, clock } = this.#parts;
    const sender = this.#parts.sender();
    messaging.set('activity', activityPayload(beach, sender));
    messaging.set('activity/state', beach.activity);
    if (byZone)
      for (const zone of zones) messaging.set(`zone/${zone.zone}/activity`, zonePayload(zone, sender));
    this.#publishedMs = clock.monotonic();
  }

  /** None where nobody looked for riders, or not in a frame. */
  #passRiders({ riders, state, beach: { frame } }: TrackerStep): void {
    const { messaging, publishRiders, clock } = this.#parts;
    if (riders === undefined || frame === null || !publishRiders()) return;
    messaging.pass('riders', ridersPayload(riders, frame, state.offsetMs, clock.now()));
  }

  emit(events: TrackerStep['events']): void {
    const { messaging, newId, sender } = this.#parts;
    for (const event of events) messaging.emit(eventPayload(event, newId(), sender()));
  }
}
