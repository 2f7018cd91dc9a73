/** "1 run", "2 runs". @param what one of them */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
