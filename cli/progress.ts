import { type Progress, plainProgress } from "../lib/progress.ts";

const eraseLine = "\r\u001b[2K";

/**
 * Progress on a terminal: finished steps scroll by, the ones under way stay on the last line with their seconds.
 * @param stream the terminal; `columns` is its width, which the last line never exceeds
 */
export function terminalProgress(stream: Pick<NodeJS.WriteStream, "write" | "columns">): Progress {
  const running = new Map<symbol, { label: string; start: number }>();
  let timer: NodeJS.Timeout | undefined;
  const seconds = (start: number) => (performance.now() - start) / 1000;

  const draw = () => {
    const line = [...running.values()]
      .map(({ label, start }) => `${label} … ${Math.floor(seconds(start))} s`)
      .join(" · ");
    const width = (stream.columns || 80) - 1;
    stream.write(eraseLine + (line.length > width ? `${line.slice(0, width - 1)}…` : line));
  };
  const say = (line: string) => {
    stream.write(`${eraseLine}${line}\n`);
    if (running.size > 0) draw();
  };
  return {
    say,
    async step(label, body) {
      const id = Symbol(label);
      const start = performance.now();
      running.set(id, { label, start });
      timer ??= setInterval(draw, 1000).unref();
      draw();
      let outcome = "failed after";
      try {
        const value = await body();
        outcome = "done in";
        return value;
      } finally {
        running.delete(id);
        say(`${label}: ${outcome} ${seconds(start).toFixed(1)} s`);
        if (running.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
  };
}

/** Progress for whoever reads stderr: live on a terminal, plain lines in a pipe, a file or continuous integration. */
export const progress: Progress =
  process.stderr.isTTY && !process.env.CI ? terminalProgress(process.stderr) : plainProgress;
