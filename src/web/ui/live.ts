/** What the daemon says, live: signals that follow its server-sent events. */
import { signal } from '@preact/signals';
import type { Health, Info, SurfEvent } from '../../messaging/payloads.ts';
import type { Payloads } from '../../messaging/topics.ts';
import type { SeenFrame } from './seen.ts';
import { readSession } from './session.ts';

/** Value of each topic, below the base. */
export const topics = signal<Readonly<Record<string, unknown>>>({});
/** The newest frame. */
export const newest = signal<SeenFrame | null>(null);
/** Frames since the page was opened, the oldest first. */
export const seenFrames = signal<readonly SeenFrame[]>([]);
/** The newest first. */
export const happened = signal<readonly SurfEvent[]>([]);
/** null before it was first tried. */
export const connected = signal<boolean | null>(null);
/** The time, second by second, in milliseconds since the epoch. */
export const now = signal(Date.now());

const KEPT_EVENTS = 50;
const KEPT_FRAMES = 300;
const AGAIN_MS = 3_000;

setInterval(() => {
  now.value = Date.now();
}, 1_000);

export function topicValue<T extends keyof Payloads>(topic: T): Payloads[T] | undefined {
  return topics.value[topic] as Payloads[T] | undefined;
}

export const infoOf = (): Info | undefined => topicValue('info');
export const healthOf = (): Health | undefined => topicValue('health');

/** Zones that somebody drew: without any the daemon reports one of the whole frame. */
export function zonesDrawn(): Info['zones'] {
  const isWhole = (points: Info['zones'][number]['points']) =>
    points.length === 4 && points.every(([x, y]) => x % 1 === 0 && y % 1 === 0);
  return (infoOf()?.zones ?? []).filter(({ points }) => !isWhole(points));
}

type ZoneNow = Payloads['zone/${string}/activity'];

/** What goes on in each zone that there is: those from before a restart may be others. */
export function zonesNow(): readonly ZoneNow[] {
  return (infoOf()?.zones ?? []).flatMap(({ name }) => topicValue(`zone/${name}/activity`) ?? []);
}

/** Follows the daemon until the function it returns is called; connects again when the connection is lost. */
export function follow(): () => void {
  let source = open();
  let again: ReturnType<typeof setTimeout> | undefined;

  function open(): EventSource {
    const opened = new EventSource('./api/live');
    opened.onopen = () => {
      connected.value = true;
    };
    opened.onerror = () => {
      connected.value = false;
      // The browser tries again by itself, but not where it was answered with an error.
      if (opened.readyState !== EventSource.CLOSED) return;
      again = setTimeout(() => {
        readSession().catch(() => undefined);
        source = open();
      }, AGAIN_MS);
    };
    opened.addEventListener('state', ({ data }) => {
      const { topic, value } = JSON.parse(data) as { topic: string; value: unknown };
      topics.value = { ...topics.value, [topic]: value };
    });
    opened.addEventListener('frame', ({ data }) => {
      const frame = JSON.parse(data) as SeenFrame;
      newest.value = frame;
      // After a new connection the newest comes once more.
      if (seenFrames.value.at(-1)?.frame === frame.frame) return;
      seenFrames.value = [...seenFrames.value, frame].slice(-KEPT_FRAMES);
    });
    opened.addEventListener('event', ({ data }) => {
      happened.value = [JSON.parse(data) as SurfEvent, ...happened.value].slice(0, KEPT_EVENTS);
    });
    return opened;
  }

  return () => {
    clearTimeout(again);
    source.close();
    connected.value = null;
  };
}
