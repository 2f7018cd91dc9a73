import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** The packages of the oracle environment, as `test/oracles/statistics_fixtures.py` pins them. */
const PACKAGES = ["scipy==1.17.1", "numpy==2.4.6", "mpmath==1.4.1"];

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What one run of a SciPy test took and found. */
interface ScipyRun {
  ms: number;
  statistic: number;
  pValue: number;
}

export interface ScipyServer {
  versions: { scipy: string; numpy: string };
  run(test: string): Promise<ScipyRun>;
  stop(): Promise<void>;
}

/** A SciPy process that holds two files of doubles and runs tests on them when asked. */
export async function startScipy(xFile: string, yFile: string): Promise<ScipyServer> {
  const python = await oraclePython();
  const server = execa(python, [fromRoot("bench/scipy_server.py"), xFile, yFile], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    buffer: false,
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the SciPy process ended early");
    return JSON.parse(value);
  };
  const versions = await answer();
  return {
    versions,
    async run(test) {
      server.stdin.write(`${test}\n`);
      return answer();
    },
    async stop() {
      server.stdin.end();
      await server;
    },
  };
}

/** A Python with SciPy: `LAB_ORACLE_PYTHON`, or a virtual environment in `.lab/oracle`, made where it is missing. */
async function oraclePython(): Promise<string> {
  const given = process.env.LAB_ORACLE_PYTHON;
  if (given !== undefined) return given;
  const home = fromRoot(".lab/oracle");
  const python = `${home}/bin/python`;
  const made = await access(`${home}/ready`).then(
    () => true,
    () => false,
  );
  if (made) return python;
  process.stderr.write(`installing ${PACKAGES.join(", ")} into .lab/oracle\n`);
  await execa("python3", ["-m", "venv", home]);
  await execa(python, ["-m", "pip", "install", "--quiet", ...PACKAGES], { stderr: "inherit" });
  await execa("touch", [`${home}/ready`]);
  return python;
}
