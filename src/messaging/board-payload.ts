/** What `health` says of the board: its schema, and how it is made of what the kernel told. */
import * as z from 'zod';
import type { BoardHealth } from '../board/monitor.ts';
import { count } from './payload-parts.ts';

const UNKNOWN = 'null if unknown';
const size = z.number().min(0).nullable();

export const boardSchema = z.object({
  load: z.number().min(0).nullable().describe(`Load of the last minute; ${UNKNOWN}.`),
  memoryFreeMB: size.describe(`Memory that programs can still get, in MB; ${UNKNOWN}.`),
  swapUsedMB: size.describe(`Used swap, in MB; ${UNKNOWN}.`),
  diskSizeMB: size.describe(`Size of the disk for data, in MB; ${UNKNOWN}.`),
  writtenMB: size.describe(`Written to disks by the process since its start, in MB; ${UNKNOWN}.`),
  wear: z
    .array(
      z.object({
        device: z.string().describe('Name of the device, such as `mmcblk0`.'),
        used: z
          .number()
          .min(0)
          .nullable()
          .describe(
            'Fraction of its rated life that is used at most, in steps of 0.1; 1.1 means more than all of it.',
          ),
        reserve: z
          .enum(['normal', 'warning', 'urgent'])
          .nullable()
          .describe('How much of its reserve of spare blocks is left.'),
      }),
    )
    .describe('Wear of each eMMC. SD cards do not tell theirs.'),
  undervoltage: z
    .boolean()
    .nullable()
    .describe(`Whether the power supply gives too low a voltage (Raspberry Pi); ${UNKNOWN}.`),
  throttled: z.boolean().nullable().describe(`Whether the processor is slowed down; ${UNKNOWN}.`),
  eventLoopDelayMs: z
    .object({
      p99: z.number().min(0).describe('99th percentile.'),
      max: z.number().min(0).describe('Maximum.'),
    })
    .nullable()
    .describe('Recent delay of the event loop, in milliseconds.'),
  clockJumps: count.describe('How often the clock was moved by two seconds or more since the start.'),
});

export function boardPayload(board: BoardHealth): z.infer<typeof boardSchema> {
  const { load, memory, disk, writtenBytes, wear, undervoltage, throttled, loopDelay, clockJumps } = board;
  return {
    load,
    memoryFreeMB: megabytes(memory?.availableBytes),
    swapUsedMB: megabytes(memory?.swapUsedBytes),
    diskSizeMB: megabytes(disk?.sizeBytes),
    writtenMB: megabytes(writtenBytes),
    wear: [...wear],
    undervoltage,
    throttled,
    eventLoopDelayMs: loopDelay === null ? null : { p99: loopDelay.p99Ms, max: loopDelay.maxMs },
    clockJumps,
  };
}

/** 10⁶ bytes. */
export function megabytes(bytes: number | null | undefined): number | null {
  return bytes === null || bytes === undefined ? null : Math.round(bytes / 1e6);
}
