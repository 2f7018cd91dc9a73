import { readFile } from "node:fs/promises";
import { z } from "zod";
import { childProgram } from "../../lib/child-program.ts";
import { roles } from "../../lib/roles.ts";
import { imageFilesIn, imagesFolder, preparedImagesFolder } from "../../lib/server-paths.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import { guestImageSchema } from "../config/guest-image.ts";
import { hostSchema } from "../config/hosts.ts";
import { shellScript } from "../server-script.ts";
import { removeFromServer } from "./remove.ts";

/** Where a server keeps a guest image, by the hash of its content, and the three files of it. */
export function imageOnServer(sha: string) {
  const folder = `${imagesFolder}/${sha}`;
  return { folder, ...imageFilesIn(folder) };
}

const requestSchema = z.object({
  role: z.enum(roles),
  host: hostSchema,
  image: guestImageSchema,
  token: z.string(),
  /** The stack that the server was taken for; states of earlier versions have none. */
  owner: z.string().default(""),
});
type Request = z.infer<typeof requestSchema>;

/** This program: brings the image to a server and says what that took, or takes it from there. */
export const putImageProgram = childProgram("LAB_PUT_IMAGE", requestSchema, z.string().optional());

/** A file of the image on its way to a server. */
export interface BroughtFile {
  /** Here. */
  from: string;
  /** On the server: where it is to be, and where it may be because the server was prepared with it. */
  to: string;
  prepared: string;
  sha: string;
}

/**
 * Brings a file to a server unless it is there. What arrives is checked before it gets its name.
 * @returns whether the server had it, was prepared with it, or was sent it
 */
export async function bringFile(
  ssh: Pick<SshConnection, "exec" | "run">,
  { from, to, prepared, sha }: BroughtFile,
): Promise<"had" | "prepared" | "sent"> {
  const checked = (write: string) =>
    `set -e; f=${to}.tmp-$$; trap 'rm -f $f' EXIT; ${write}; echo '${sha}  '$f | sha256sum --quiet -c; mv $f ${to}`;
  const works = async (script: string) => (await ssh.exec(script)).code === 0;
  if (await works(`echo '${sha}  ${to}' | sha256sum --quiet -c 2> /dev/null`)) return "had";
  if (await works(checked(`cp ${prepared} $f`))) return "prepared";
  await ssh.run(checked("cat > $f"), { stdin: await readFile(from), timeoutMs: 300_000 });
  return "sent";
}

/**
 * Brings kernel and both initramfs to a server unless it has them, or was prepared with them; what arrives is checked before it gets
 * its name. A process that outlives a killed deployment brings nothing to a server that its stack has given back.
 */
export async function putImage({ role, host, image, token, owner }: Request): Promise<string> {
  const { folder, kernel, initrd, loadInitrd } = imageOnServer(image.sha256);
  const ssh = await connectSsh(role, host);
  try {
    await ssh.run(shellScript("image-folder.sh", { SHA: image.sha256, OWNER: owner }), { name: "image-folder.sh" });
    const prepared = imageFilesIn(`${preparedImagesFolder}/${image.sha256}`);
    const files: BroughtFile[] = [
      { from: image.kernelFile, to: kernel, prepared: prepared.kernel, sha: image.kernelSha256 },
      { from: image.initrdFile, to: initrd, prepared: prepared.initrd, sha: image.initrdSha256 },
      { from: image.loadInitrdFile, to: loadInitrd, prepared: prepared.loadInitrd, sha: image.loadInitrdSha256 },
    ];
    const ways: string[] = [];
    for (const file of files) ways.push(await bringFile(ssh, file));
    await ssh.run(`echo ${token} > ${folder}/token`);
    const sent = ways.filter((way) => way === "sent").length;
    if (sent > 0) return `${sent} file(s) brought to the server`;
    return ways.includes("prepared") ? "the server was prepared with it" : "the server has it already";
  } finally {
    ssh.close();
  }
}

/** Takes the image from a server, unless another stack has the server by now. */
export async function dropImage({ role, host, image, owner }: Request): Promise<undefined> {
  const ssh = await connectSsh(role, host);
  try {
    await removeFromServer(ssh, `${role}: the guest image`, "drop-image.sh", { SHA: image.sha256, OWNER: owner });
  } finally {
    ssh.close();
  }
}

if (import.meta.main)
  await putImageProgram.main((request) => (process.argv[2] === "drop" ? dropImage(request) : putImage(request)));
