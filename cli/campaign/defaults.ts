/** What `./lab campaign` does where it is not told otherwise: words of its options. */
export const campaignDefaults = { profile: "emulated", results: "results", attempts: "2" } as const;
