import { readFile } from "node:fs/promises";
import { z } from "zod";
import { childProgram } from "../../lib/child-program.ts";
import { roles } from "../../lib/roles.ts";
import { imagesFolder } from "../../lib/server-paths.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import { guestImageSchema } from "../config/guest-image.ts";
import { hostSchema } from "../config/hosts.ts";
import { shellScript } from "../server-script.ts";
import { removeFromServer } from "./remove.ts";

/** Where a server keeps a guest image, by the hash of its content, and the three files of it. */
export function imageOnServer(sha: string) {
  const folder = `${imagesFolder}/${sha}`;
  return { folder, kernel: `${folder}/kernel`, initrd: `${folder}/initrd`, loadInitrd: `${folder}/initrd-load` };
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

async function putFile(ssh: SshConnection, from: string, to: string, sha: string): Promise<void> {
  await ssh.run(
    `set -e; f=${to}.tmp-$$; trap 'rm -f $f' EXIT; cat > $f; echo '${sha}  '$f | sha256sum --quiet -c; mv $f ${to}`,
    { stdin: await readFile(from), timeoutMs: 300_000 },
  );
}

/**
 * Brings kernel and both initramfs to a server unless it has them; what arrives is checked before it gets its name. A process that
 * outlives a killed deployment brings nothing to a server that its stack has given back.
 */
export async function putImage({ role, host, image, token, owner }: Request): Promise<string> {
  const { folder, kernel, initrd, loadInitrd } = imageOnServer(image.sha256);
  const ssh = await connectSsh(role, host);
  try {
    await ssh.run(shellScript("image-folder.sh", { SHA: image.sha256, OWNER: owner }), { name: "image-folder.sh" });
    const files = [
      { from: image.kernelFile, to: kernel, sha: image.kernelSha256 },
      { from: image.initrdFile, to: initrd, sha: image.initrdSha256 },
      { from: image.loadInitrdFile, to: loadInitrd, sha: image.loadInitrdSha256 },
    ];
    let sent = 0;
    for (const { from, to, sha } of files) {
      const there = await ssh.exec(`echo '${sha}  ${to}' | sha256sum --quiet -c 2> /dev/null`);
      if (there.code === 0) continue;
      await putFile(ssh, from, to, sha);
      sent += 1;
    }
    await ssh.run(`echo ${token} > ${folder}/token`);
    return sent === 0 ? "the server has it already" : `${sent} file(s) brought to the server`;
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
