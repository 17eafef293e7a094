/** Blocks of time: frames taken soon after each other are alike, so the gate judges on times that no head was fitted to. */
import { createHash } from 'node:crypto';
import { decodeTime } from 'ulid';
import type { LabelEntry } from '../archive/types.ts';

/** Share of the blocks that is held out for ever, 0..1. */
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

/** Held-out blocks, in the order of their first labels: the third, and every fifth after it. */
const FIRST_HELD = 2;
const EVERY = 5;
/** Characters of an ISO time that give the whole hour, and ten seconds. */
const HOUR = 13;
const TEN_SECONDS = 18;

/**
 * The labelled frames to judge by, so that there are some from the third on: in the hour of the first label blocks are
 * of ten seconds, later they are the hours. A picture that was sent in stands by itself. Since the log is only added to,
 * a frame stays on its side for ever; and the first labels are always learnt from.
 *
 * @param log oldest first
 * @returns their ids
 */
export function heldFrames(log: readonly LabelEntry[], isImage: (frame: string) => boolean): Set<string> {
  const frames = [...new Set(log.map(({ frame }) => frame))];
  const images = new Set(frames.filter(isImage));
  const timeOf = (frame: string) => new Date(decodeTime(frame)).toISOString();
  const first = frames.find(frame => !images.has(frame));
  const blockOfFrame = (frame: string): string => {
    if (images.has(frame)) return frame;
    const isFirstHour = first !== undefined && timeOf(first).startsWith(timeOf(frame).slice(0, HOUR));
    return timeOf(frame).slice(0, isFirstHour ? TEN_SECONDS : HOUR);
  };
  const blocks = [...new Set(frames.map(blockOfFrame))];
  const held = new Set(blocks.filter((_, index) => index % EVERY === FIRST_HELD));
  return new Set(frames.filter(frame => held.has(blockOfFrame(frame))));
}
