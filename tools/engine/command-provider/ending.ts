const cleanups: (() => Promise<void>)[] = [];

/** Registers what ends running commands; it is called when the engine cancels, and before this process ends. */
export function whenEnding(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

/** Ends all running commands, here and on servers. */
export async function endCommands(): Promise<void> {
  await Promise.all(cleanups.map((cleanup) => cleanup()));
}
