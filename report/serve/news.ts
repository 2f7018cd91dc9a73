/** How far a campaign is, as the page shows it. */
export interface CampaignNews {
  text: string;
  /** Deployments that are measured, and that are wanted. */
  done: number;
  wanted: number;
}

/** What a page that is open is told, all of it each time. */
export interface News {
  /** Of the page as it is now; null while it cannot be made. */
  version: string | null;
  campaigns: readonly CampaignNews[];
  /** Why what is in the results directory cannot be shown; null where it can. */
  problem: string | null;
}

/** Where a page asks for it, from its own address. */
export const newsPath = "/news";
