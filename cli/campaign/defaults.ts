/** What `./lab campaign` does where it is not told otherwise: words of its options. */
export const campaignDefaults = { profile: "emulated", order: "random", results: "results", attempts: "2" } as const;
