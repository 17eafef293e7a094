/** What heads for cells are trained and judged on: pictures with what is known of each place in them. */
import type { Point, Rectangle } from '../../../base/geometry.ts';

/** Something with a box. */
export interface Mark {
  /** Its activity where it is a rider, else `kite`, `person` or `ignored`. */
  readonly kind: string;
  readonly rider: boolean;
  /** As shares of the picture. */
  readonly box: Rectangle;
}

/** The mark of a place of which nobody can tell what it is. */
export const IGNORED = 'ignored';

export const AREA_KINDS = ['land', 'sky', 'water'] as const;

/** A part of a picture that is all of a kind; what lies in none is unknown. */
export interface Area {
  readonly kind: (typeof AREA_KINDS)[number];
  /** Corners, as shares of the picture. */
  readonly points: readonly Point[];
}

export interface Material {
  readonly path: string;
  /** The folder it was read from. */
  readonly source: string;
  /** The camera of a frame, the group of a photo: no head is judged by one that it was fitted to. */
  readonly camera: string;
  readonly kind: 'frame' | 'photo';
  readonly marks: readonly Mark[];
  /** Activities of a photo; empty for frames, where the marks tell. */
  readonly shows: readonly string[];
  /** What is marked completely, so that none is elsewhere. */
  readonly complete: { readonly riders: boolean; readonly kites: boolean; readonly people: boolean };
  readonly areas: readonly Area[];
}

/** Boxes of the riders. */
export function ridersIn({ marks }: Pick<Material, 'marks'>): Mark[] {
  return marks.filter(({ rider }) => rider);
}
