import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // By `npm run test:faults`: they take minutes.
    exclude: ['**/node_modules/**', 'test/faults/**'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Most tests wait for brokers, cameras and child processes: more workers than cores keep the cores busy.
    maxWorkers: 4,
    // CI counts the tests from the report.
    reporters: process.env.CI === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: '.cache/tests.json' },
  },
});
