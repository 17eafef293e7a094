/** Blocks of time: frames of one hour are alike, so the gate judges on hours that no head was fitted to. */
import { createHash } from 'node:crypto';
import { decodeTime } from 'ulid';
import type { LabelEntry } from '../archive/types.ts';

/** Share of the blocks that is held back for ever, 0..1. */
const HELD_SHARE = 0.2;

/** @returns the UTC hour, as `2026-06-01T09` */
export function blockOf(takenAt: number): string {
  return new Date(takenAt).toISOString().slice(0, 13);
}

/** By a hash of its name, so that a block stays on its side however many are added. */
export function isHeldBlock(block: string, share = HELD_SHARE): boolean {
  return createHash('sha256').update(block).digest().readUInt32BE(0) < share * 2 ** 32;
}

/** The two sides of frames: those to fit to, and those of held blocks. */
export function divideByBlock<T extends { readonly takenAt: number; readonly held?: boolean }>(
  frames: readonly T[],
): { readonly fitted: T[]; readonly held: T[] } {
  const held = frames.map(({ takenAt, held }) => held ?? isHeldBlock(blockOf(takenAt)));
  return {
    fitted: frames.filter((_, index) => held[index] === false),
    held: frames.filter((_, index) => held[index] === true),
  };
}

/** Of the blocks in the order of their first labels these are held back: the fourth, and every fifth after it. */
const FIRST_HELD = 3;
const EVERY = 5;

/**
 * The block that a frame belongs to: the UTC hour it was taken in, as `2026-06-01T09`. A picture that was sent in stands
 * by itself.
 */
export function labelBlock(frame: string, isImage: boolean): string {
  return isImage ? frame : new Date(decodeTime(frame)).toISOString().slice(0, 13);
}

/**
 * The blocks to judge by. Since the log is only added to, a block stays on its side for ever; and the first labels are
 * always learnt from.
 *
 * @param log oldest first
 */
export function heldBlocks(log: readonly LabelEntry[], isImage: (frame: string) => boolean): Set<string> {
  const blocks = new Set(log.map(({ frame }) => labelBlock(frame, isImage(frame))));
  return new Set([...blocks].filter((_, index) => index % EVERY === FIRST_HELD));
}
