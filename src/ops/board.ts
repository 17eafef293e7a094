/** What the operating system tells of the board. */
import { readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Temperature of the processor in °C, or null where the kernel does not tell. */
export async function cpuTemperature(): Promise<number | null> {
  const text = await readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => '');
  const thousandths = Number.parseInt(text, 10);
  return Number.isNaN(thousandths) ? null : thousandths / 1000;
}

/** Free space in MB (10⁶ bytes) for a folder, which need not exist yet; null where that is not known. */
export async function diskFree(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.round((bavail * bsize) / 1e6);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? null : diskFree(parent);
  }
}
