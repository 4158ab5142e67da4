import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // For tests that start many processes on a machine that is busy; one that hangs still ends well before CI does.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    // Processes start slowly on a busy machine; a poll that will come true is not to be given up early.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default'],
  },
});
