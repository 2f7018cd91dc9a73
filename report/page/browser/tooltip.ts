import { make } from "./elements.ts";

const box = make("div", { id: "tooltip", hidden: "" });
document.body.append(box);

/** Distance from the pointer, pixels. */
const apart = 14;

/** Shows the values of the mark under the pointer; hides the box where there are none. */
export function showTooltip(event: MouseEvent, lines: readonly [head: string, value: string][]): void {
  box.hidden = lines.length === 0;
  if (box.hidden) return;
  box.replaceChildren(
    make("dl", {}, ...lines.flatMap(([head, value]) => [make("dt", {}, head), make("dd", {}, value)])),
  );
  const { width, height } = box.getBoundingClientRect();
  const x = Math.min(event.clientX + apart, innerWidth - width - 4);
  const y = event.clientY + apart + height > innerHeight ? event.clientY - height - apart : event.clientY + apart;
  box.style.left = `${Math.max(4, x)}px`;
  box.style.top = `${Math.max(4, y)}px`;
}
