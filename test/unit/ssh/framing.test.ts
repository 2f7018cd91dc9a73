import { describe, expect, test } from "vitest";
import { AnswerReader, framed, loginCommand, newCall, scriptName } from "../../../lib/ssh/framing.ts";

describe("the output of a call", () => {
  const call = "lab-0123";
  const read = (text: string, pieceBytes: number) => {
    const reader = new AnswerReader(call);
    const all = Buffer.from(text);
    for (let at = 0; at < all.length; at += pieceBytes) reader.add(all.subarray(at, at + pieceBytes));
    const { before, answer, status } = reader.result();
    return { before: before.toString(), answer: answer?.toString(), status, complete: reader.complete };
  };

  test.each([1, 2, 7, 13, 1000])("is told apart whatever pieces of %i bytes it comes in", (size) => {
    expect(read(`motd\n\n${call} begin\na\nb\n\n${call} end 3\nbye`, size)).toEqual({
      ...{ before: "motd\n", answer: "a\nb\n", status: 3, complete: true },
    });
    expect(read(`\n${call} begin\n\n${call} end 0\n`, size)).toMatchObject({ before: "", answer: "", status: 0 });
    expect(read(`\n${call} begin\nhalf of`, size)).toMatchObject({ answer: "half of", status: undefined });
    expect(read("Welcome\n", size)).toMatchObject({ before: "Welcome\n", answer: undefined, status: undefined });
  });

  test("of another call is not taken for its end", () => {
    const text = `\n${call} begin\n\nlab-9999 end 0\nmore\n\n${call} end 1\n`;
    expect(read(text, 5)).toMatchObject({ answer: "\nlab-9999 end 0\nmore\n", status: 1 });
  });
});

describe("what the login shell is given", () => {
  test("is one short line without what shells read in single quotes, and holds no word of the script", () => {
    const { command, stdin } = framed("echo 'secret' !! \\\\ \n", newCall());
    expect(command).toMatch(/^exec \/usr\/bin\/env -i [^'\n!]* \/bin\/sh -c '[^'\n!]*'$/);
    expect(command.length).toBeLessThan(400);
    expect(command).not.toContain("secret");
    expect(command).toContain(`bs=${stdin.length} `);
  });

  test("is unlike any other call's", () => expect(newCall()).not.toBe(newCall()));

  test.each(["a b", "a'b", "$(id)", "a\nb", "!!"])("is refused a variable %j", (value) => {
    expect(() => loginCommand({ NAME: value }, "true")).toThrow(/NAME/);
  });

  test.each(["it's", "a\nb", "!", "\\\\"])("is refused a body %j", (body) => {
    expect(() => loginCommand({}, body)).toThrow(RangeError);
  });
});

test("messages call a short script by its text and a long one by its beginning", () => {
  expect(scriptName("virsh list")).toBe("virsh list");
  expect(scriptName("a=1\nb=2\nc=3\n")).toBe("a script of 3 lines that begins: a=1");
});
