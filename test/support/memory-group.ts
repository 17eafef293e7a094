/** A control group with little memory, where the kernel and the rights allow one. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface MemoryGroup {
  readonly folder: string;
  /** The most that its processes ever held, in MB. */
  readonly peakMB: () => number;
}

/** Where each version of the kernel's groups has them, and what it calls its files. */
const VERSIONS = [
  { root: '/sys/fs/cgroup', marker: 'cgroup.controllers', limit: 'memory.max', peak: 'memory.peak' },
  {
    root: '/sys/fs/cgroup/memory',
    marker: 'memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
  },
] as const;

/** Gone at the end of the test, whose processes must have ended then. @returns null where none can be made */
export function memoryGroup(limitMB: number): MemoryGroup | null {
  const version = VERSIONS.find(({ root, marker }) => existsSync(join(root, marker)));
  if (version === undefined) return null;
  const folder = join(version.root, `surfwatch-test-${process.pid}-${limitMB}`);
  try {
    mkdirSync(folder);
    onTestFinished(() => rmdirSync(folder));
    writeFileSync(join(folder, version.limit), String(limitMB * 1e6));
  } catch {
    return null;
  }
  return { folder, peakMB: () => Number(readFileSync(join(folder, version.peak), 'utf8')) / 1e6 };
}
