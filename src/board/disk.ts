/** Room on the disk of the state folder, wear of its flash, and what this process has written. */
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { devices, textOf } from './kernel-files.ts';

export interface DiskRoom {
  /** For users other than root, in bytes. */
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** Room on the disk that holds a folder, which need not exist yet; null where it is not known. */
export async function diskRoom(folder: string): Promise<DiskRoom | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  } catch {
    const parent = dirname(folder);
    return parent === folder ? null : diskRoom(parent);
  }
}

export interface Wear {
  /** `mmcblk0` */
  readonly device: string;
  /** Share of its rated life, 0..1 and 1.1 beyond it, as an upper bound in steps of a tenth; null where it is not told. */
  readonly used: number | null;
  /** Its reserve of spare blocks: 80 % (`warning`) or 90 % (`urgent`) used. */
  readonly reserve: 'normal' | 'warning' | 'urgent' | null;
}

const RESERVES = ['normal', 'warning', 'urgent'] as const;

/**
 * The wear of each eMMC: JEDEC's DEVICE_LIFE_TIME_EST_TYP_A/B and PRE_EOL_INFO. SD cards don't have these.
 *
 * @see https://docs.kernel.org/driver-api/mmc/mmc-dev-attrs.html
 */
export async function wear(sys: string): Promise<Wear[]> {
  const disks = await devices(join(sys, 'block'), 'mmcblk');
  const worn = await Promise.all(
    disks.map(async disk => {
      const lives = hexadecimals(await textOf(disk, 'device/life_time')).filter(
        life => life >= 0x01 && life <= 0x0b,
      );
      const reserve = hexadecimals(await textOf(disk, 'device/pre_eol_info'))[0] ?? 0;
      return {
        device: disk.slice(disk.lastIndexOf('/') + 1),
        used: lives.length === 0 ? null : Math.max(...lives) / 10,
        reserve: RESERVES[reserve - 1] ?? null,
      };
    }),
  );
  return worn.filter(({ used, reserve }) => used !== null || reserve !== null);
}

/** What this process has had written to disks since its start, in bytes; null where the kernel does not count it. */
export async function writtenBytes(proc: string): Promise<number | null> {
  const io = await textOf(proc, 'self/io');
  const counter = (name: string) => {
    const found = new RegExp(`^${name}: (\\d+)$`, 'm').exec(io ?? '');
    return found === null ? null : Number(found[1]);
  };
  const written = counter('write_bytes');
  // What was deleted before it reached the disk.
  return written === null ? null : Math.max(0, written - (counter('cancelled_write_bytes') ?? 0));
}

function hexadecimals(text: string | null): number[] {
  return (text ?? '')
    .split(/\s+/)
    .filter(word => /^0x[0-9a-f]+$/i.test(word))
    .map(Number);
}
