import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commands } from "../../../cli/commands/index.ts";
import { codeIn, codeLines, documents, projectFiles, textOf } from "../../support/documents.ts";

const program = new Command("lab").enablePositionalOptions();
for (const register of commands) register(program);

const childOf = (command: Command, name: string) => command.commands.find((child) => child.name() === name);
const namesOf = (command: Command): string[] => command.commands.map((child) => child.name());

/** Words that follow ./lab in a sentence and are no command. */
const prose = ["installs", "is", "on"];

/** A word that stands for something: STACK, ${name}, <file>, …, [project]. */
const isPlaceholder = (word: string) => /^[A-Z]{2,}|^\$|^[<[…]|^\.\.\./.test(word);

/** What is wrong with `./lab WORDS`, as far as words can tell. */
function problemOf(words: readonly string[]): string | undefined {
  const [first, second] = words;
  if (
    first === undefined ||
    isPlaceholder(first) ||
    prose.includes(first) ||
    first === "--help" ||
    first === "--version"
  )
    return undefined;
  const command = childOf(program, first);
  if (command === undefined) return `there is no command ${first}`;
  const isNested = command.commands.length > 0 && second !== undefined && !isPlaceholder(second);
  const leaf = isNested ? childOf(command, second) : command;
  if (leaf === undefined) return `${first} has no command ${second}`;
  const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const known = new Set(["--help", "-h", ...leaf.options.flatMap(({ long, short }) => [long, short])]);
  if (first === "pulumi") return undefined;
  const unknown = own.find((word) => word.startsWith("-") && !known.has(word.split("=")[0]));
  return unknown && `${first} has no option ${unknown}`;
}

/** Every `./lab …` in a text, with the words that follow it up to the end of the command. */
const callsIn = (text: string) =>
  [...text.matchAll(/\.\/lab((?: +[^\s`"'|;),\\]+)*)/g)].map(([, rest = ""]) => {
    const words = rest.trim().split(/ +/).filter(Boolean);
    const comment = words.findIndex((word) => word.startsWith("#") || word.startsWith(">"));
    return (comment < 0 ? words : words.slice(0, comment)).map((word) => word.replace(/(?<=.)\$\{.*|[.:]$/, ""));
  });

const wrongIn = (text: string) => callsIn(text).flatMap((words) => problemOf(words) ?? []);

describe("commands and options that are named exist", () => {
  it.each(documents())("in %s", (path) => {
    expect(codeIn(textOf(path)).flatMap(wrongIn)).toEqual([]);
  });

  it("in what the project prints", () => {
    const sources = projectFiles("*.ts", "*.sh", "lab").filter((path) => !path.startsWith("test/"));
    const wrong = sources.flatMap((path) =>
      codeLines(textOf(path))
        .flatMap(wrongIn)
        .map((problem) => `${path}: ${problem}`),
    );
    expect(wrong).toEqual([]);
    expect(sources.flatMap((path) => callsIn(textOf(path))).length).toBeGreaterThan(20);
  });

  it("and what does not exist is found", () => {
    expect(wrongIn("see ./lab plot results")).toEqual(["there is no command plot"]);
    expect(wrongIn("./lab hosts start")).toEqual(["hosts has no command start"]);
    expect(wrongIn("./lab campaign run baseline --speed 1")).toEqual(["campaign has no option --speed"]);
    expect(wrongIn("./lab up sender -- --diff; ./lab COMMAND --help; ./lab pulumi config --path x")).toEqual([]);
  });
});

describe("commands that are listed without ./lab exist", () => {
  /** Words of lists such as "analyse, compare and report" in which two are commands at least, and one is none. */
  const strangersIn = (text: string): string[] =>
    (text.replaceAll("`", "").match(/(?:[a-z]+, )*[a-z]+,? (?:and|or) [a-z]+/g) ?? []).flatMap((list) => {
      const words = list.split(/,? (?:and|or) |, /);
      const isCommand = (word: string) => childOf(program, word) !== undefined;
      return words.filter(isCommand).length < 2 ? [] : words.filter((word) => !isCommand(word));
    });
  const helpOf = (command: Command): string[] => [
    ...[command.summary(), command.description(), ...command.options.map(({ description }) => description)],
    ...command.commands.flatMap(helpOf),
  ];

  it("in help and documents", () => {
    const texts = [...helpOf(program), ...documents().map((path) => textOf(path).replaceAll("\n", " "))];
    expect(texts.flatMap(strangersIn)).toEqual([]);
    expect(strangersIn("so that analyse, compare and plot take them")).toEqual(["plot"]);
  });
});

describe("README.md", () => {
  /** "campaign plan", for each row of the table of commands. */
  const listed = [...textOf("README.md").matchAll(/^\| (`.*?`) \| [^|]*\|$/gm)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll("\\|", "|")))
    .flatMap((code) => {
      const [first = "", second = ""] = code.split(" ");
      return first.split("|").flatMap((name) => {
        const nested = childOf(program, name)?.commands.length ?? 0;
        return nested > 0 ? second.split("|").map((child) => `${name} ${child}`) : [name];
      });
    });

  it("lists every command, and none that is not there", () => {
    const all = program.commands.flatMap((command) =>
      command.commands.length > 0 ? namesOf(command).map((child) => `${command.name()} ${child}`) : [command.name()],
    );
    const isCommand = (name: string) => childOf(program, name.split(" ")[0] ?? "") !== undefined;
    expect(all.length).toBeGreaterThan(15);
    expect([...new Set(listed.filter(isCommand))].sort()).toEqual([...all].sort());
  });
});
