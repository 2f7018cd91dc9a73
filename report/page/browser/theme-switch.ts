/** Lets the reader change between what the system has, dark and light. */
export function setUpTheme(): void {
  const button = document.getElementById("theme");
  if (button === null) return;
  const isDark = () => {
    const { theme } = document.documentElement.dataset;
    return theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  };
  const show = () => {
    button.textContent = isDark() ? "light page" : "dark page";
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
