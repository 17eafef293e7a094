/** Cells that a board goes on learning with. */
import { chooseBase } from '../../learning/base/choose-base.ts';
import type { EmbeddedSet, Sample } from '../../learning/fit/sample.ts';
import type { BaseSet } from '../../learning/retrain/types.ts';
import type { Material } from './data/material.ts';
import { type CellRows, kindOfRow } from './fit/rows.ts';
import { matchRiders } from './judge/match.ts';
import type { JudgedFrame } from './judge/place-calibration.ts';

/** In half precision 1.5 MB beside the head, and 0.3 MB of labels. */
const BASE_CELLS = 6000;

/** Maximum places of a frame: in half precision 10 kB, and about 1 MB for all cameras. */
const FOUND_PLACES = 40;

/**
 * The strongest places found in frames, which a retraining on a board learns again and is judged on. Those that cannot be
 * told right from wrong are left out.
 */
export function foundPlaces(frames: readonly JudgedFrame[], outputs: readonly string[]): EmbeddedSet {
  const places = frames.flatMap(({ found, material: { camera, source, path, marks } }) => {
    const strongest = found.slice(0, FOUND_PLACES);
    const { taken, neutral } = matchRiders(strongest, marks);
    return strongest.flatMap(({ vector }, place) => {
      const at = taken[place];
      const kind = at === null || at === undefined ? null : (marks[at]?.kind ?? null);
      if (kind === null && neutral[place] === true) return [];
      const sample: Sample = {
        labels: outputs.map(name => (name === kind ? 1 : 0)),
        group: camera,
        source,
        file: path,
        part: String(place),
        augmented: false,
      };
      return [{ sample, vector }];
    });
  });
  const width = places[0]?.vector.length ?? 0;
  const embeddings = new Float32Array(places.length * width);
  for (const [row, { vector }] of places.entries()) embeddings.set(vector, row * width);
  return { samples: places.map(({ sample }) => sample), embeddings, width };
}

/**
 * Picks riders, other objects and background from every camera, as evenly as possible. Only cells about which
 * all is known, except kites: nobody knows whether a rider is in front of one, and it is taken for none.
 */
export function baseOfRows(
  rows: CellRows,
  material: readonly Material[],
  held: ReadonlySet<string>,
  backboneSha256: string,
  seed: number,
): BaseSet {
  const size = rows.outputs.all.length;
  const kite = rows.outputs.all.indexOf('kite');
  const chosen = [...Array(rows.count).keys()].filter(row => {
    const mask = rows.mask.subarray(row * size, (row + 1) * size);
    return mask.every(known => known === 1) || (kite !== -1 && kindOfRow(rows, row).positive === kite);
  });
  const embeddings = new Float32Array(chosen.length * rows.width);
  const samples = chosen.map((row, to): Sample => {
    embeddings.set(rows.vectors.subarray(row * rows.width, (row + 1) * rows.width), to * rows.width);
    const { camera, source, path } = material[rows.pictures[row] as number] as Material;
    return {
      labels: [...rows.targets.subarray(row * size, (row + 1) * size)],
      group: camera,
      source,
      file: path,
      part: String(rows.crops[row]),
      augmented: false,
    };
  });
  const all: EmbeddedSet = { samples, embeddings, width: rows.width };
  const set = chooseBase(all, { held, max: BASE_CELLS, seed });
  return { activities: rows.outputs.all, backbone: backboneSha256, set, held };
}
