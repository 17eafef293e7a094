/** What crops of one fold can be made of: nothing of a camera is ever pasted into another fold. */
import { IGNORED, type Material, ridersIn } from '../data/material.ts';

export interface Stock {
  /** Indexes of the frames of each camera. */
  readonly cameras: readonly (readonly number[])[];
  /** Those of them with riders; cameras without any left out. */
  readonly riderCameras: readonly (readonly number[])[];
  /** Frames with a kite or a person who is no rider. */
  readonly things: readonly number[];
  /** Pictures without riders, in which every place is a negative. */
  readonly empty: readonly number[];
  /** Photos with boxes of the riders of each activity. */
  readonly photos: ReadonlyMap<string, readonly number[]>;
  /** Photos of each activity of which only that it is somewhere is known. */
  readonly wholes: ReadonlyMap<string, readonly number[]>;
  readonly kites: readonly number[];
  readonly people: readonly number[];
}

function stockOf(material: readonly Material[], indexes: readonly number[]): Stock {
  const at = (index: number) => material[index] as Material;
  const where = (holds: (picture: Material) => boolean) => indexes.filter(index => holds(at(index)));
  const has = (kind: string) => (picture: Material) => picture.marks.some(mark => mark.kind === kind);
  const frames = where(({ kind }) => kind === 'frame');
  const photos = where(({ kind, shows }) => kind === 'photo' && shows.length > 0);
  return {
    cameras: byName(frames, index => at(index).camera),
    riderCameras: byName(
      frames.filter(index => ridersIn(at(index)).length > 0),
      index => at(index).camera,
    ),
    things: frames.filter(index => at(index).marks.some(({ kind }) => kind === 'kite' || kind === 'person')),
    empty: where(
      ({ complete, marks }) => complete.riders && !marks.some(({ rider, kind }) => rider || kind === IGNORED),
    ),
    photos: byActivity(photos, index => ridersIn(at(index)).map(({ kind }) => kind)),
    wholes: byActivity(photos, index => {
      const { marks, shows } = at(index);
      return marks.length === 0 && shows.length === 1 ? shows : [];
    }),
    kites: where(has('kite')),
    people: where(has('person')),
  };
}

/** @param foldOf the fold of each picture */
export function stocksOf(material: readonly Material[], foldOf: readonly number[]): Stock[] {
  const folds = Math.max(0, ...foldOf) + 1;
  return Array.from({ length: folds }, (_, fold) =>
    stockOf(
      material,
      [...material.keys()].filter(index => foldOf[index] === fold),
    ),
  );
}

function byName(indexes: readonly number[], name: (index: number) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (const index of indexes) groups.set(name(index), [...(groups.get(name(index)) ?? []), index]);
  return [...groups.values()];
}

function byActivity(indexes: readonly number[], names: (index: number) => readonly string[]) {
  const groups = new Map<string, number[]>();
  for (const index of indexes) {
    for (const name of new Set(names(index))) groups.set(name, [...(groups.get(name) ?? []), index]);
  }
  return groups;
}
