/*
 * Where a server has what the testbed keeps there. The scripts name the same in infra/scripts/roots.sh and
 * measure/probe/scripts/session.sh.
 */

/** Emptied by a reboot: marks of layers, the lease, the files of a run that goes on. */
export const volatileFolder = "/run/sriov-rtt";

/** Which stack has the server. */
export const leaseOwner = `${volatileFolder}/lease/owner`;

/** That the load of background VMs runs, with the token of the deployment that started it. */
export const loadMark = `${volatileFolder}/load`;

/** What an endpoint that is the server itself has there: the files of its commands, the words that it writes. */
export const endpointFolder = (name: string) => `${volatileFolder}/endpoints/${name}`;

/** Outlives a reboot: guest images, and how the server was before. */
export const keptFolder = "/var/lib/sriov-rtt";
export const imagesFolder = `${keptFolder}/images`;

/** Guest images that whoever prepared a server has put there, each in a folder named by its hash. Nothing is changed there. */
export const preparedImagesFolder = "/usr/share/sriov-rtt/images";

/** The files of a guest image in a folder for servers, by what they are (lib/guest-manifest.ts). */
export const imageFilesIn = (folder: string) => ({
  kernel: `${folder}/kernel`,
  initrd: `${folder}/initrd`,
  loadInitrd: `${folder}/initrd-load`,
});
