/** The columns of a head for cells: its activities, then what tells riders from all else. */
import { labelsInOrder } from '../../base/activities.ts';
import type { Material } from './data/material.ts';

/** What a cell can show that is no rider, in the order of the head's outputs. */
export const BACKGROUND = ['kite', 'person', 'land', 'sky'] as const;

export type Background = (typeof BACKGROUND)[number];

export interface Outputs {
  readonly activities: readonly string[];
  /** Those of {@link BACKGROUND} that the data has. */
  readonly background: readonly Background[];
  /** Both after one another. */
  readonly all: readonly string[];
}

/** The outputs that these pictures can teach. */
export function outputsFrom(material: readonly Material[]): Outputs {
  const marks = material.flatMap(picture => picture.marks.map(({ kind }) => kind));
  const areas = material.flatMap(picture => picture.areas.map(({ kind }) => kind));
  const seen = new Set<string>([...marks, ...areas]);
  const riders = material.flatMap(({ marks, shows }) => [
    ...shows,
    ...marks.filter(({ rider }) => rider).map(({ kind }) => kind),
  ]);
  return outputsOf(
    labelsInOrder(riders),
    BACKGROUND.filter(name => seen.has(name)),
  );
}

export function outputsOf(activities: readonly string[], background: readonly Background[]): Outputs {
  return { activities, background, all: [...activities, ...background] };
}
