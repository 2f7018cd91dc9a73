/** Runs `body` and measures it. @returns what it gave, and the seconds it took */
export async function timed<T>(body: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await body();
  return [value, (performance.now() - start) / 1000];
}
