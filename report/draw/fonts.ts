import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Files of the figures' font, from the package @expo-google-fonts/source-sans-3, so that every machine draws the same. */
export const fontFiles: string[] = [
  require.resolve("@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf"),
  require.resolve("@expo-google-fonts/source-sans-3/700Bold/SourceSans3_700Bold.ttf"),
];
