/** A route of the page's HTTP interface: the one source of what is served, of its checks, and of its description. */
import type * as z from 'zod';
import type { Role } from './access.ts';

/** Media types that are answered besides JSON. */
export type Media = 'image/jpeg' | 'text/csv' | 'text/event-stream';

/** What a route says of itself. */
export interface RouteShape {
  readonly method: 'get' | 'post' | 'put';
  /** Under `/api`: `/frames/:id/picture`. */
  readonly path: string;
  /** Who may, at least; null: everybody. */
  readonly role: Role | null;
  readonly doc: string;
  readonly query?: z.ZodType;
  /** Shape of a JSON body. */
  readonly body?: z.ZodType;
  /** Answer: JSON of this shape, or a media type. */
  readonly answer: z.ZodType | Media;
}

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

export interface Route extends RouteShape {
  readonly role: Role;
  /** A `Response` is sent as it is, all else as JSON. @throws SurfwatchError: answered with its code, text and remedy */
  run(asked: Asked<unknown, unknown>): unknown;
}

/** A route whose `run` gets query and body typed by their schemas. */
export function defineRoute<Q = unknown, B = unknown>(
  route: Omit<Route, 'query' | 'body' | 'run'> & {
    readonly query?: z.ZodType<Q>;
    readonly body?: z.ZodType<B>;
    readonly run: (asked: Asked<Q, B>) => unknown;
  },
): Route {
  return route as Route;
}
