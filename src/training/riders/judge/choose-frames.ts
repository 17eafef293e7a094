/** Which frames are judged: of each camera evenly spread ones, as neighbours are near copies of each other. */
import type { Material } from '../data/material.ts';

/** @returns indexes of frames, at most `most` of each camera */
export function choosePerCamera(material: readonly Material[], most: number): number[] {
  const cameras = new Map<string, number[]>();
  for (const [index, { kind, camera }] of material.entries()) {
    if (kind !== 'frame') continue;
    const frames = cameras.get(camera) ?? [];
    frames.push(index);
    cameras.set(camera, frames);
  }
  return [...cameras.values()].flatMap(frames => {
    if (frames.length <= most) return frames;
    return Array.from(
      { length: most },
      (_, place) => frames[Math.floor((place * frames.length) / most)] as number,
    );
  });
}
