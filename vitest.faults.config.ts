/** `npm run test:faults`: harm done to whole daemons, each in a process of its own. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/faults/*.test.ts', 'test/messaging/commands-fuzz.test.ts'],
    env: { SURFWATCH_FUZZ_COMMANDS: process.env.SURFWATCH_FUZZ_COMMANDS ?? '100000' },
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/each-file.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Each runs a daemon: what they wait for must not depend on what the others do.
    maxWorkers: 2,
  },
});
