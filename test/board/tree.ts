/** Trees of files as the kernel has them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KernelRoots } from '../../src/board/kernel-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** @param files by their paths, `sys/class/…` and `proc/…` */
export async function kernelTree(files: Readonly<Record<string, string>>): Promise<KernelRoots> {
  const root = await temporaryFolder();
  await changeTree(root, files);
  return { proc: join(root, 'proc'), sys: join(root, 'sys') };
}

export async function changeTree(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${text}\n`);
  }
}

/** As a Raspberry Pi 4 with Raspberry Pi OS has them, without the firmware's old file. */
export const PI_4: Readonly<Record<string, string>> = {
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal',
  'sys/class/thermal/thermal_zone0/temp': '54530',
  'sys/class/thermal/cooling_device0/type': 'cpufreq-cpu0',
  'sys/class/thermal/cooling_device0/cur_state': '0',
  'sys/class/hwmon/hwmon0/name': 'cpu_thermal',
  'sys/class/hwmon/hwmon0/temp1_input': '54530',
  'sys/class/hwmon/hwmon1/name': 'rpi_volt',
  'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0',
  'sys/block/mmcblk0/device/type': 'SD',
  'proc/loadavg': '0.42 0.30 0.25 1/180 4242',
  'proc/meminfo': [
    'MemTotal:        1887944 kB',
    'MemFree:          812340 kB',
    'MemAvailable:    1310720 kB',
    'SwapTotal:        102396 kB',
    'SwapFree:         101372 kB',
  ].join('\n'),
  'proc/self/io':
    'rchar: 9\nwchar: 8\nsyscr: 7\nsyscw: 6\nread_bytes: 0\nwrite_bytes: 12582912\ncancelled_write_bytes: 4096',
};
