import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a shell would find this command. */
export function isOnPath(command: string, path: string = process.env.PATH ?? ""): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
