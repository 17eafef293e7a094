/** What the operating system tells of the board, all at once. */
import { join } from 'node:path';
import { type DiskRoom, diskRoom, type Wear, wear, writtenBytes } from './disk.ts';
import { devices, type KernelRoots, numberOf, textOf } from './kernel-files.ts';
import { isCooled, temperatureC } from './thermal.ts';

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

interface HostMemory {
  /** What programs can still get without swapping, in bytes. */
  readonly availableBytes: number;
  readonly totalBytes: number;
  readonly swapUsedBytes: number;
}

/** From `/proc/meminfo`; null where it is not told. */
async function hostMemory(proc: string): Promise<HostMemory | null> {
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
async function loadOfMinute(proc: string): Promise<number | null> {
  const [load = ''] = ((await textOf(proc, 'loadavg')) ?? '').split(' ');
  return /^\d+\.\d+$/.test(load) ? Number(load) : null;
}

interface Power {
  /** The supply's voltage is, or was within the last seconds, too low. Null where the kernel does not tell. */
  readonly undervoltage: boolean | null;
  /** The processor runs slower than it could, for heat or a lack of power. Null where the kernel does not tell. */
  readonly throttled: boolean | null;
}

/** Where Raspberry Pi kernels before 4.19 put the word of the firmware, in hexadecimal without `0x`. */
const FIRMWARE_WORD = 'devices/platform/soc/soc:firmware/get_throttled';
const UNDERVOLTAGE = 0x1;
const CAPPED_OR_THROTTLED = 0x6;

/**
 * From the driver `rpi_volt` (https://docs.kernel.org/hwmon/raspberrypi-hwmon.html). The older file of the firmware is read
 * only where there is no such driver: reading it writes a warning with a stack into the kernel's log
 * (raspberrypi/linux#2706).
 */
async function power(sys: string): Promise<Power> {
  const cooled = await isCooled(sys);
  for (const device of await devices(join(sys, 'class/hwmon'), 'hwmon')) {
    if ((await textOf(device, 'name')) !== 'rpi_volt') continue;
    const alarm = await numberOf(device, 'in0_lcrit_alarm');
    return { undervoltage: alarm === null ? null : alarm !== 0, throttled: cooled };
  }
  const text = await textOf(sys, FIRMWARE_WORD);
  if (text === null || !/^(0x)?[0-9a-f]+$/i.test(text)) return { undervoltage: null, throttled: cooled };
  const word = Number.parseInt(text, 16);
  return {
    undervoltage: (word & UNDERVOLTAGE) !== 0,
    throttled: (word & CAPPED_OR_THROTTLED) !== 0 || cooled === true,
  };
}
