/**
 * The programs that tests start as processes of their own, and the modules of those that are written in a test. build.ts
 * bundles them once, as `dist/` is: tsx would take seconds of a core for each start.
 */
import { basename, join } from 'node:path';

const SOURCES = [
  'scripts/measure-clip.ts',
  'scripts/train-offline.ts',
  'src/base/log.ts',
  'src/cli/exit.ts',
  'src/errors.ts',
  'src/host/service/environment.ts',
  'src/host/service/notifier.ts',
  'test/broker/parent-child.ts',
  'test/config/config-cli.ts',
  'test/control/options-child.ts',
  'test/history/history-child.ts',
  'test/host/state/state-child.ts',
  'test/learning/archive/archive-child.ts',
  'test/learning/models/store-child.ts',
  'test/messaging/publisher-child.ts',
  'test/training/tuning/tune-child.ts',
  'test/vision/choose-engine.ts',
] as const;

type Name<Source> = Source extends `${string}/${infer Rest}`
  ? Name<Rest>
  : Source extends `${infer Base}.ts`
    ? Base
    : never;

/** Sources from the root of the project, by the name of their program. */
export const PROGRAMS = Object.fromEntries(SOURCES.map(source => [basename(source, '.ts'), source]));

/** Path of a bundled program or module, for Node.js to run. */
export function program(name: Name<(typeof SOURCES)[number]>): string {
  const { TEST_PROGRAMS } = process.env;
  if (TEST_PROGRAMS === undefined) throw new Error('programs are bundled by test/support/build.ts');
  return join(TEST_PROGRAMS, `${name}.js`);
}
