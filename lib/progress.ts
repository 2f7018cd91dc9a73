/** Prints what is being done and how long it took, on stderr, so that stdout stays for results. */
export interface Progress {
  /** One line of news. */
  say(line: string): void;
  /** Runs `body`, saying `label` at its start and the seconds it took at its end. */
  step<T>(label: string, body: () => Promise<T>): Promise<T>;
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Progress as plain lines, alike on a terminal and in a log. */
export const plainProgress: Progress = {
  say: (line) => void process.stderr.write(`${line}\n`),
  async step(label, body) {
    const start = performance.now();
    this.say(`${label} …`);
    try {
      const value = await body();
      this.say(`${label}: done in ${seconds(start)}`);
      return value;
    } catch (error) {
      this.say(`${label}: failed after ${seconds(start)}`);
      throw error;
    }
  },
};
