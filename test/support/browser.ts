/** Debian's. */
export const executablePath = "/usr/bin/chromium";
