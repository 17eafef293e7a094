/** What the daemon says, live: signals that follow its server-sent events. */
import { signal } from '@preact/signals';
import type { Health, Info, SurfEvent } from '../../messaging/payloads.ts';
import type { Payloads } from '../../messaging/topics.ts';

export interface SeenRider {
  readonly activity: string;
  /** Middle and height, as shares of the frame. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** 0..1 */
  readonly score: number;
}

export interface SeenFrame {
  /** ULID */
  readonly frame: string;
  readonly takenAt: string;
  readonly riders: readonly SeenRider[];
  readonly activity: string;
  readonly activities: readonly string[];
  readonly count: Readonly<Record<string, number>> | null;
  readonly visibility: string;
  readonly detail: { readonly scale: number; readonly smallestPx: number; readonly tookMs: number } | null;
}

/** Value of each topic, below the base. */
export const topics = signal<Readonly<Record<string, unknown>>>({});
/** The newest frame. */
export const newest = signal<SeenFrame | null>(null);
/** The newest first. */
export const happened = signal<readonly SurfEvent[]>([]);
export const connected = signal(false);

const KEPT_EVENTS = 50;

export function topicValue<T extends keyof Payloads>(topic: T): Payloads[T] | undefined {
  return topics.value[topic] as Payloads[T] | undefined;
}

export const infoOf = (): Info | undefined => topicValue('info');
export const healthOf = (): Health | undefined => topicValue('health');

/** Zones by name, each with what goes on there. */
export function zonesNow(): Readonly<Record<string, Payloads['zone/<zone>/activity']>> {
  const zones = Object.entries(topics.value).flatMap(([topic, value]) => {
    const name = /^zone\/(.+)\/activity$/.exec(topic)?.[1];
    return name === undefined ? [] : [[name, value as Payloads['zone/<zone>/activity']] as const];
  });
  return Object.fromEntries(zones);
}

/** Follows the daemon until the function it returns is called. The browser connects again by itself. */
export function follow(): () => void {
  const source = new EventSource('/api/live');
  source.onopen = () => {
    connected.value = true;
  };
  source.onerror = () => {
    connected.value = false;
  };
  source.addEventListener('state', ({ data }) => {
    const { topic, value } = JSON.parse(data) as { topic: string; value: unknown };
    topics.value = { ...topics.value, [topic]: value };
  });
  source.addEventListener('frame', ({ data }) => {
    newest.value = JSON.parse(data) as SeenFrame;
  });
  source.addEventListener('event', ({ data }) => {
    happened.value = [JSON.parse(data) as SurfEvent, ...happened.value].slice(0, KEPT_EVENTS);
  });
  return () => source.close();
}
