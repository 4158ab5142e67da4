import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Processes start slowly on a busy machine; a poll that will come true is not to be given up early.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default'],
  },
});
