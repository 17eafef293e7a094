/** A route of the page's HTTP interface: the one source of what is served, of its checks, and of its description. */
import type { z } from 'zod';
import type { Role } from './access.ts';

/** Media types that are answered besides JSON. */
export type Media = 'image/jpeg' | 'text/csv' | 'text/event-stream' | 'text/plain' | 'application/json';

export interface Asked<Q, B> {
  /** Parts of the path, as they came: at most 100 characters each. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Who asks. */
  readonly role: Role;
}

export interface Route {
  readonly method: 'get' | 'post' | 'put';
  /** Under `/api`: `/frames/:id/picture`. */
  readonly path: string;
  /** Who may, at least. */
  readonly role: Role;
  readonly doc: string;
  readonly query?: z.ZodType;
  /** Of a JSON body. */
  readonly body?: z.ZodType;
  /** Of the answer: JSON of this shape, or a media type. */
  readonly answer: z.ZodType | Media;
  /** @throws SurfwatchError: answered with its code, text and remedy */
  run(asked: Asked<unknown, unknown>): unknown;
}

/** A route whose `run` gets query and body typed by their schemas; a `Response` is sent as it is, all else as JSON. */
export function defineRoute<Q = unknown, B = unknown>(route: {
  readonly method: Route['method'];
  readonly path: string;
  readonly role: Role;
  readonly doc: string;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  readonly answer: Route['answer'];
  readonly run: (asked: Asked<Q, B>) => unknown;
}): Route {
  return route as Route;
}
