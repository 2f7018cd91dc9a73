/** Of `analyse` and `compare`: flags, what they mean, default. */
export const pairsOption = [
  "--pairs <unit>",
  "what is taken for independent: deployment; run or packet, the paper's ways, which do not prove what another deployment would show",
  "deployment",
] as const;
