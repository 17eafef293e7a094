/** What became of a model, as an event for the broker. */
import { iso, type Sender } from '../../messaging/from-report.ts';
import type { SurfEvent } from '../../messaging/payloads.ts';
import type { ModelNews } from './learning-parts.ts';

/** @param id a new ULID */
export function modelEventPayload(news: ModelNews, id: string, { site, atMs }: Sender): SurfEvent {
  const { reasons, ...rest } = news;
  return { v: 1, id, ts: iso(atMs), site, ...rest, reasons: [...reasons] } as SurfEvent;
}
