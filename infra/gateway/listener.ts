import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";

const listenOnce = (path: string, serve: (socket: Socket) => void): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer(serve);
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });

/** Whether somebody listens at a socket's name; a process that was killed leaves the name behind. */
const isServed = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** Listens at a socket until it is closed. */
export interface Listener {
  close(): void;
}

/**
 * Listens at a name in the file system. When another process of this user serves it already, it goes on doing so: the
 * name says whose way it is, so it is the same one.
 */
export async function listenAt(path: string, serve: (socket: Socket) => void): Promise<Listener> {
  const open = new Set<Socket>();
  const accept = (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => {});
    serve(socket);
  };
  let server = await listenOnce(path, accept);
  if (!server && !(await isServed(path))) {
    rmSync(path, { force: true });
    server = await listenOnce(path, accept);
  }
  server?.unref(); // it serves others as long as this process has something to do
  return {
    close() {
      server?.close();
      for (const socket of open) socket.destroy();
    },
  };
}
