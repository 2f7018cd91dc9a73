import { fontList, neutral, okabeIto, titleStyle } from "../figures/theme.ts";
import { type Html, html } from "../page/html.ts";
import { type Box, type CaptureMark, type Link, lineHeight, type TestbedPicture, textSize } from "./picture.ts";
import { captureNote } from "./words.ts";

/** How the boxes behind the first of a stack are moved. */
const behind = 4;
const radius: Record<Box["kind"], number> = {
  server: 8,
  endpoint: 5,
  interface: 3,
  bridge: 3,
  function: 3,
  port: 3,
  text: 0,
};
const isGround = ({ kind }: Box) => kind === "server" || kind === "port";

const rectSvg = ({ kind, x, y, width, height, colour }: Box, moved: number): Html =>
  html`<rect x="${x + moved}" y="${y - moved}" width="${width}" height="${height}" rx="${radius[kind]}" fill="${neutral.paper}" stroke="${colour ?? neutral.line}" stroke-width="${kind === "endpoint" ? 2 : 1}"/>\n`;

const textSvg = (text: string, x: number, y: number, attributes: Html): Html =>
  html`<text x="${x}" y="${y}" ${attributes}>${text}</text>\n`;

function boxSvg(box: Box): Html {
  const { kind, lines, x, y, width, height, copies } = box;
  const first = y + (height - lines.length * lineHeight) / 2 + 12;
  const moved = kind === "text" ? [] : copies > 1 ? [2 * behind, behind, 0] : [0];
  const texts = lines.map((line, i) => {
    const style =
      i === 0
        ? html`text-anchor="middle" font-weight="bold" fill="${neutral.ink}"`
        : html`text-anchor="middle" fill="${neutral.muted}"`;
    return textSvg(line, x + width / 2, first + i * lineHeight, style);
  });
  return html`${moved.map((by) => rectSvg(box, by))}${texts}`;
}

const linkSvg = ({ x, y1, y2, colour }: Link): Html =>
  html`<line x1="${x}" y1="${y1}" x2="${x}" y2="${y2}" stroke="${colour ?? neutral.ink}" stroke-width="${colour === null ? 3 : 2}"/>\n`;

const captureSvg = ({ x, y }: Pick<CaptureMark, "x" | "y">): Html =>
  html`<circle cx="${x}" cy="${y}" r="5" fill="${okabeIto.vermillion}" stroke="${neutral.paper}"/>\n`;

/** Titles above and notes below. */
function textsSvg({ titleLines, notes, height }: TestbedPicture): Html {
  const first = height - 10 - notes.length * lineHeight + 12;
  const title = html`font-size="${titleStyle.fontSize}" font-weight="bold" fill="${neutral.ink}"`;
  return html`${titleLines.map((line, i) => textSvg(line, 10, 10 + 15 + i * 20, title))}${notes.map((note, i) => {
    const y = first + i * lineHeight;
    const text = textSvg(note.replace(/^● /, ""), 26, y, html`fill="${neutral.muted}"`);
    return note === captureNote ? html`${captureSvg({ x: 16, y: y - 4 })}${text}` : text;
  })}`;
}

/** The picture of a testbed as SVG. What is no data has the colours that the page replaces where it is dark. */
export function svgOfTestbed(picture: TestbedPicture): Html {
  const { width, height, title, words, boxes, links, captures } = picture;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. ${words.join(" ")}" font-family="${fontList}" font-size="${textSize}">
<rect width="${width}" height="${height}" fill="${neutral.paper}"/>
${boxes.filter(isGround).map(boxSvg)}${links.map(linkSvg)}${boxes.filter((box) => !isGround(box)).map(boxSvg)}${captures.map(captureSvg)}${textsSvg(picture)}</svg>\n`;
}
