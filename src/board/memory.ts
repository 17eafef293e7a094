/** The machine's memory and load. */
import { textOf } from './kernel-files.ts';

export interface HostMemory {
  /** What programs can still get without swapping, in bytes. */
  readonly availableBytes: number;
  readonly totalBytes: number;
  readonly swapUsedBytes: number;
}

/** From `/proc/meminfo`; null where it is not told. */
export async function hostMemory(proc: string): Promise<HostMemory | null> {
  const text = (await textOf(proc, 'meminfo')) ?? '';
  const bytes = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
    return found === null ? null : Number(found[1]) * 1024;
  };
  const available = bytes('MemAvailable');
  const total = bytes('MemTotal');
  if (available === null || total === null) return null;
  const swapUsedBytes = Math.max(0, (bytes('SwapTotal') ?? 0) - (bytes('SwapFree') ?? 0));
  return { availableBytes: available, totalBytes: total, swapUsedBytes };
}

/** Processes that run or wait for a disk, on average over the last minute; null where it is not told. */
export async function loadOfMinute(proc: string): Promise<number | null> {
  const [load = ''] = ((await textOf(proc, 'loadavg')) ?? '').split(' ');
  return /^\d+\.\d+$/.test(load) ? Number(load) : null;
}
