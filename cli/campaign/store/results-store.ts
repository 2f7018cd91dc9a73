/** Where the runs of a results directory are besides: something that other machines reach. */
export interface ResultsStore {
  /** How it is called; undefined where the directory is all there is. */
  readonly address: string | undefined;
  /** A directory with the manifests of the runs that it has, and none of their other files, as far as that is known here. */
  readonly manifests: string | undefined;
  /**
   * Learns what others have brought there.
   * @param maxAgeMs what is known and no older will do
   * @throws LabError where it does not answer
   */
  look: (maxAgeMs: number) => Promise<void>;
  /** Brings what is here and not there, as it is when this is called. @throws LabError where not all of it could be brought */
  bring: () => Promise<void>;
  /** Brings runs home that are there and not here. @param folders from the results directory @throws LabError where one did not come */
  fetch: (folders: readonly string[]) => Promise<void>;
}

/** That of a results directory that is all there is, or that is shared. */
export const noStore: ResultsStore = {
  ...{ address: undefined, manifests: undefined },
  look: async () => {},
  bring: async () => {},
  fetch: async () => {},
};
