/** What was found in a frame, as the daemon's event `frame` tells. */

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
  /** A coarse map, row by row: `l` where land or sky was learnt to be, else `w`. */
  readonly land?: { readonly columns: number; readonly rows: number; readonly cells: string };
}
