/** Frames of a real camera that the simulator shows in turn with what it draws. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SurfwatchError } from '../errors.ts';

/** How long each frame is shown, and how long the footage goes on before something is drawn. */
const FRAME_MS = 2_500;
const FOOTAGE_MS = 40_000;

export interface Footage {
  /** What is to be seen at this moment: a frame, or the simulation at its own time. */
  at(ms: number): { readonly frame: string } | { readonly ms: number };
  read(frame: string): Promise<Buffer>;
}

/**
 * @param folder its JPEG files, in the order of their names
 * @param blockMs length of what is drawn between two showings; `Infinity` shows the footage once
 * @throws SurfwatchError `camera-missing` where there is no frame
 */
export async function openFootage(folder: string, blockMs: number): Promise<Footage> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new SurfwatchError('camera-missing', `cannot read the footage in ${folder}: ${messageOf(error)}`);
  });
  const frames = files.filter(name => /\.jpe?g$/i.test(name)).sort();
  if (frames.length === 0) throw new SurfwatchError('camera-missing', `no JPEG file is in ${folder}`);
  return {
    at: ms => momentAt(ms, frames, blockMs),
    read: frame => readFile(join(folder, frame)),
  };
}

function momentAt(ms: number, frames: readonly string[], blockMs: number): ReturnType<Footage['at']> {
  const round = Number.isFinite(blockMs) ? Math.floor(ms / (FOOTAGE_MS + blockMs)) : 0;
  const within = round === 0 ? ms : ms - round * (FOOTAGE_MS + blockMs);
  if (within >= FOOTAGE_MS) return { ms: (round === 0 ? 0 : round * blockMs) + within - FOOTAGE_MS };
  return { frame: frames[Math.floor(within / FRAME_MS) % frames.length] as string };
}
