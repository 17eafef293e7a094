/** What the operating system tells of the board, all at once. */
import { type DiskRoom, diskRoom, type Wear, wear, writtenBytes } from './disk.ts';
import type { KernelRoots } from './kernel-files.ts';
import { type HostMemory, hostMemory, loadOfMinute } from './memory.ts';
import { type Power, power } from './power.ts';
import { temperatureC } from './thermal.ts';

/** Null is what this machine does not tell. */
export interface HostReading extends Power {
  readonly temperatureC: number | null;
  readonly load: number | null;
  readonly memory: HostMemory | null;
  /** The disk that holds the state folder. */
  readonly disk: DiskRoom | null;
  readonly wear: readonly Wear[];
  /** By this process since its start. */
  readonly writtenBytes: number | null;
}

/** Never throws. */
export async function readHost(roots: KernelRoots, stateDir: string): Promise<HostReading> {
  const { proc, sys } = roots;
  const [celsius, load, memory, disk, worn, written, supply] = await Promise.all([
    temperatureC(sys),
    loadOfMinute(proc),
    hostMemory(proc),
    diskRoom(stateDir),
    wear(sys),
    writtenBytes(proc),
    power(sys),
  ]);
  return { ...supply, temperatureC: celsius, load, memory, disk, wear: worn, writtenBytes: written };
}
