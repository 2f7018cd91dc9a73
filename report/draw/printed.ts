import { Resvg } from "@resvg/resvg-js";
import PDFDocument from "pdfkit";
import svgToPdf from "svg-to-pdfkit";
import { type PrintedFigure, pointsPerMm, pointsPerPixel } from "./column-width.ts";
import { fontFiles } from "./fonts.ts";
import { resvgFonts } from "./text-width.ts";

const inMm = (pixels: number) => Number(((pixels * pointsPerPixel) / pointsPerMm).toFixed(3));

/** A picture as one page of PDF of its size, in vectors and text, with the characters of the font that it has. */
export async function pdfOf({ svg, width, height }: PrintedFigure, title: string): Promise<Uint8Array> {
  const [wide, high] = [width * pointsPerPixel, height * pointsPerPixel];
  // A file says nothing of when it was made: the same figure is the same file.
  const info = { Title: title, Creator: "sriov-rtt-testbed", CreationDate: new Date(0) };
  const document = new PDFDocument({ size: [wide, high], margin: 0, info, font: fontFiles[0] ?? "" });
  const pieces: Uint8Array[] = [];
  document.on("data", (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise((resolve, reject) => document.on("end", resolve).on("error", reject));
  const box = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg);
  const drawn = {
    width: Number(box?.[1] ?? width) * pointsPerPixel,
    height: Number(box?.[2] ?? height) * pointsPerPixel,
  };
  svgToPdf(document, svg, 0, 0, {
    ...{ ...drawn, assumePt: true, preserveAspectRatio: "xMinYMin meet" },
    fontCallback: (_family: string, isBold: boolean) => fontFiles[isBold ? 1 : 0] ?? "",
  });
  document.end();
  await ended;
  return Buffer.concat(pieces);
}

/** A picture as SVG of its size in millimetres whose texts are outlines, which looks alike in any program. */
export function outlinedSvgOf({ svg, width, height }: PrintedFigure): string {
  const outlined = new Resvg(svg, { font: resvgFonts }).toString();
  const size = `width="${inMm(width)}mm" height="${inMm(height)}mm" viewBox="0 0 ${width} ${height}"`;
  return outlined.replace(/^<svg [^>]*>/, `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`);
}
