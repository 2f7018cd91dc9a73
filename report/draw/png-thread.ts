import { parentPort } from "node:worker_threads";
import { pngOf } from "./png.ts";

// The thread of `PngMaker`: an SVG in, its PNG out.
parentPort?.on("message", (svg: string) => parentPort?.postMessage(pngOf(svg)));
