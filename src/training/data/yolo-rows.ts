/** One row of a YOLO label file. */
import type { Rectangle } from '../../base/geometry.ts';
import { boxAround } from './boxes.ts';

export interface YoloRow {
  readonly classId: number;
  /** As shares of the frame; not yet cut to it. */
  readonly box: Rectangle;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads `class x y w h` with the middle of the box in shares of the frame, `class x y w h confidence`, or the polygon of
 * a segment or an oriented box, `class x1 y1 x2 y2 x3 y3 …`; null where it is none of them.
 *
 * @param keypoints rows have the key points of a pose behind their box (`kpt_shape` in `data.yaml`)
 */
export function parseYoloRow(text: string, keypoints = false): YoloRow | null {
  const parts = text.trim().split(/\s+/);
  if (!parts.every(part => NUMBER.test(part))) return null;
  const [classId = -1, ...values] = parts.map(Number);
  if (!Number.isInteger(classId) || classId < 0 || !values.every(Number.isFinite)) return null;
  const isBox = values.length === 4 || values.length === 5 || (keypoints && values.length > 5);
  if (isBox) {
    const [x = 0, y = 0, w = 0, h = 0] = values;
    return { classId, box: { x: x - w / 2, y: y - h / 2, w, h } };
  }
  if (values.length < 6 || values.length % 2 !== 0) return null;
  return { classId, box: boxAround(values) };
}
