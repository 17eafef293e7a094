import { configDefaults, defineConfig } from 'vitest/config';

/** Counts what its process holds open: what other tests leave is none of it. */
const ALONE = 'test/capture/day-of-faults.test.ts';
/** By `npm run test:faults`: they take minutes. */
const FAULT_TESTS = 'test/faults/**';

export default defineConfig({
  test: {
    // One for nearly all: each has its files made of TypeScript, and loaded by its workers, anew. They run in the order of
    // their names: what takes long by itself begins first.
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, FAULT_TESTS, ALONE],
        },
      },
      { extends: true, test: { name: 'alone', include: [ALONE], isolate: true } },
    ],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/each-file.ts'],
    // A frame at full detail takes a second of two cores, and other tests want them too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    // Whole programs run against the clock of a machine that others use as well: on CI what fails is tried once more, and
    // the report says so. A test that needs it often is to be mended.
    retry: process.env.CI === undefined ? 0 : 1,
    pool: 'forks',
    // Loading the same modules for each file anew would be a third of the work. Nothing here changes what they share.
    isolate: false,
    // What was made of TypeScript is kept for the next run.
    experimental: { fsModuleCache: true, fsModuleCachePath: '.cache/modules' },
    // Most tests wait for brokers, cameras and child processes: more workers than cores keep the cores busy.
    maxWorkers: 5,
    // CI counts the tests from the report.
    reporters: process.env.CI === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: '.cache/tests.json' },
  },
});
