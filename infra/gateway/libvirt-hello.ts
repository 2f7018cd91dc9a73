import type { Duplex } from "node:stream";
import { LabError } from "../../lib/errors.ts";

/** libvirt's remote protocol (remote_protocol.x, virnetprotocol.x): procedures of program "remote", version 1. */
const program = 0x2000_8086;
const authList = 66;
const connectOpen = 1;
const noAuthentication = 0;
const headerBytes = 28;

const words = (...values: number[]) => {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    buffer.writeUInt32BE(value, 4 * index);
  });
  return buffer;
};

/** A text as XDR writes it (RFC 4506, 4.11). */
const xdrText = (text: string) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([words(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
};

function call(procedure: number, serial: number, payload: Buffer): Buffer {
  return Buffer.concat([words(headerBytes + payload.length, program, 1, procedure, 0, serial, 0), payload]);
}

/** Reads one packet. @throws LabError when the stream ends first */
async function packet(chunks: AsyncIterator<Buffer>, rest: { bytes: Buffer }): Promise<Buffer> {
  for (;;) {
    const length = rest.bytes.length >= 4 ? rest.bytes.readUInt32BE() : headerBytes;
    if (length < headerBytes || length > 16 * 1024 * 1024)
      throw new LabError("what answers does not speak libvirt's protocol");
    if (rest.bytes.length >= length) {
      const whole = rest.bytes.subarray(0, length);
      rest.bytes = rest.bytes.subarray(length);
      return whole;
    }
    const next = await chunks.next();
    if (next.done) throw new LabError("the connection ended without an answer from libvirt");
    rest.bytes = Buffer.concat([rest.bytes, next.value]);
  }
}

/** The message of an error that libvirt has sent: code, domain, then the text if there is one. */
function messageIn(body: Buffer): string {
  if (body.length < 16 || body.readUInt32BE(8) === 0) return "an error without a message";
  return body.toString("utf8", 16, 16 + body.readUInt32BE(12));
}

async function ask(stream: Duplex, chunks: AsyncIterator<Buffer>, rest: { bytes: Buffer }, request: Buffer) {
  stream.write(request);
  const reply = await packet(chunks, rest);
  const body = reply.subarray(headerBytes);
  if (reply.readUInt32BE(24) !== 0) throw new LabError(`libvirt: ${messageIn(body)}`);
  return body;
}

/**
 * Opens the connection to QEMU's driver as the provider opens it, and leaves it: what succeeds here, a provider can use.
 * @throws LabError within `timeoutMs`: no answer, an authentication that is wanted, or what libvirt says
 */
export async function greetLibvirt(stream: Duplex, timeoutMs = 15_000): Promise<void> {
  const timer = setTimeout(
    () => stream.destroy(new LabError(`no answer from libvirt for ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const rest = { bytes: Buffer.alloc(0) };
  try {
    const kinds = await ask(stream, chunks, rest, call(authList, 1, Buffer.alloc(0)));
    const first = kinds.length >= 8 ? kinds.readUInt32BE(4) : noAuthentication;
    if (first !== noAuthentication)
      throw new LabError("libvirt asks this user to authenticate (SASL or polkit), and the provider cannot: be root");
    const open = Buffer.concat([words(1), xdrText("qemu:///system"), words(0)]);
    await ask(stream, chunks, rest, call(connectOpen, 2, open));
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
