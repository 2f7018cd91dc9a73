/**
 * Does the same for every item, `limit` of them side by side, and gives the results in the order of the items.
 * @throws what the first failing one throws, once those under way have ended; no further one is begun then
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  body: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await body(items[index] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const result of ended) if (result.status === "rejected") throw result.reason;
  return results;
}
