import { defineConfig } from "vitest/config";

/**
 * unit: pure code and small files, in parallel; needs neither the engine nor the emulator. What a test changes that modules share
 * (environment, mocks), it puts back; it mocks no module.
 * integration: the real Pulumi engine, two files at a time, which wait more than they compute. testbed: the emulated servers. soak: what
 * takes too long for every change. The last two one file after the other.
 */
export default defineConfig({
  test: {
    maxWorkers: "100%", // all but one CPU is one of two
    coverage: {
      provider: "v8",
      reportsDirectory: ".lab/coverage",
      include: ["measure/**/*.ts", "infra/**/*.ts", "study/**/*.ts"],
      reporter: ["text-summary", ["text", { skipFull: true }]],
    },
    projects: [
      {
        test: {
          name: "unit",
          isolate: false, // files of a worker share its modules: to load them for each took as long as the tests
          include: ["test/unit/**/*.test.ts", "test/property/**/*.test.ts", "test/golden/**/*.test.ts"],
          testTimeout: 60_000, // what is slow on a busy machine has not failed
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "testbed",
          include: ["test/testbed/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "soak",
          include: ["test/soak/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 3_600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
