import { configDefaults, defineConfig } from 'vitest/config';

/** Whole programs, and learning at full length. */
const SYSTEM_TESTS = [
  'test/{broker,cli,daemon,docs,exchange,scripts,systemd,training}/**/*.test.ts',
  'test/learning/{archive,fit,models,retrain,sheet}/**/*.test.ts',
  'test/learning/board/{held,probation-monitor,teach}.test.ts',
  'test/capture/ffmpeg*.test.ts',
  'test/messaging/{durable,labels,messaging,mosquitto*,request}.test.ts',
  'test/{config/command,control/runtime-options,control/verbs,vision/engines}.test.ts',
  'test/host/{backup,state}/**/*.test.ts',
  'test/web/{access,cameras,hostile,live,restart,setup,widget,*-page}.test.ts',
  'test/web/ui/{before,label,now,setup,shell,train}.test.ts',
];
/** Counts what its process holds open: what other tests leave is none of it. */
const ALONE = 'test/capture/day-of-faults.test.ts';
/** By `npm run test:faults`: they take minutes. */
const FAULT_TESTS = 'test/faults/**';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, FAULT_TESTS, ALONE, ...SYSTEM_TESTS],
        },
      },
      { extends: true, test: { name: 'system', include: SYSTEM_TESTS } },
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
    // Most tests wait for brokers, cameras and child processes: more workers than cores keep the cores busy.
    maxWorkers: 4,
    // CI counts the tests from the report.
    reporters: process.env.CI === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: '.cache/tests.json' },
  },
});
