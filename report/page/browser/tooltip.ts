import { shownValue } from "../shown-value.ts";
import { make } from "./elements.ts";

const box = make("div", { id: "tooltip", hidden: "" });
document.body.append(box);

/** Distance from the pointer, pixels. */
const apart = 14;

/** Shows the exact values of the mark under the pointer; hides them where there is none. */
export function showTooltip(event: MouseEvent, value: unknown): void {
  if (value === null || typeof value !== "object") {
    box.hidden = true;
    return;
  }
  const lines = Object.entries(value).flatMap(([head, cell]) => {
    const text = shownValue(cell === "null" || cell === "undefined" ? null : cell);
    return text === "" ? [] : [make("dt", {}, head), make("dd", {}, text)];
  });
  box.replaceChildren(make("dl", {}, ...lines));
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const x = Math.min(event.clientX + apart, innerWidth - width - 4);
  const y = event.clientY + apart + height > innerHeight ? event.clientY - height - apart : event.clientY + apart;
  box.style.left = `${Math.max(4, x)}px`;
  box.style.top = `${Math.max(4, y)}px`;
}
