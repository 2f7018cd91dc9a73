import type { EchoExchange, ExchangeSink } from "./exchange.ts";
import { type CaptureInput, type ScanOptions, scan } from "./scan.ts";
import { type CaptureSummary, emptySummary } from "./summary.ts";

/**
 * The echo exchanges of a pcap or pcapng capture in the order of their requests; memory does not grow with the capture.
 * @param options.summary counts what the capture held while it is read (see `emptySummary`)
 * @throws FormatError when the input is no capture or is damaged, after the exchanges that were whole
 */
export async function* readEchoExchanges(
  input: CaptureInput,
  options: ScanOptions & { summary?: CaptureSummary } = {},
): AsyncGenerator<EchoExchange> {
  for await (const batch of readEchoBatches(input, options)) yield* batch;
}

/** Like `readEchoExchanges`, in batches: an array costs one turn of the event loop instead of one for each exchange. */
export async function* readEchoBatches(
  input: CaptureInput,
  options: ScanOptions & { summary?: CaptureSummary } = {},
): AsyncGenerator<EchoExchange[]> {
  let batch: EchoExchange[] = [];
  const sink: ExchangeSink = { exchange: (columns, slot) => void batch.push(columns.exchange(slot)) };
  for await (const _ of scan(input, options, sink, options.summary ?? emptySummary())) {
    if (batch.length === 0) continue;
    const full = batch;
    batch = [];
    yield full;
  }
}

/** A whole capture, read at once: for the files of a run, which hold few packets. */
export async function readCapture(
  input: CaptureInput,
  options: ScanOptions = {},
): Promise<{ exchanges: EchoExchange[]; summary: CaptureSummary }> {
  const summary = emptySummary();
  const exchanges: EchoExchange[] = [];
  for await (const batch of readEchoBatches(input, { ...options, summary }))
    for (const exchange of batch) exchanges.push(exchange);
  return { exchanges, summary };
}
