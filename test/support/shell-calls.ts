import { type Command, forEachChild, parse, type SyntaxNode, type Word } from "unbash";

/** The text of a word that holds nothing to be expanded; undefined for others. */
function literalText({ value, parts }: Word): string | undefined {
  const isLiteral = (parts ?? []).every(
    (part) =>
      part.type === "SingleQuoted" ||
      part.type === "Literal" ||
      (part.type === "DoubleQuoted" && part.parts.every(({ type }) => type === "Literal")),
  );
  return isLiteral ? value : undefined;
}

function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  const children: SyntaxNode[] = [];
  forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

const wordsAfter = (command: Command): string[] =>
  command.suffix.flatMap((word) => (word.type === "Word" ? (literalText(word) ?? []) : []));

/** Commands in a node, with those that a trap runs. */
function commandsOf(node: SyntaxNode): Command[] {
  const commands = [...nodesOf(node)].filter((each) => each.type === "Command");
  const trapped = commands.filter(({ name }) => name?.value === "trap").map((trap) => wordsAfter(trap)[0] ?? "");
  return [
    ...commands,
    ...trapped.flatMap((text) => [...nodesOf(parse(text))].filter((each) => each.type === "Command")),
  ];
}

/** A name of two words or more, as only functions of ours have. */
const isFunctionName = (word: string) => /^[a-z]+(_[a-z]+)+$/.test(word);

/**
 * What a POSIX shell script calls that it does not define, once each, in the order of the text: names of commands, and names of
 * functions that are given to a function that runs its arguments. A name that is only known when it runs counts as defined.
 * @throws Error where the script is no shell
 */
export function callsFromOutside(script: string): string[] {
  const tree = parse(script);
  if (tree.errors?.length) throw new Error(`no shell script: ${tree.errors.map(({ message }) => message).join("; ")}`);
  const functions = [...nodesOf(tree)].filter((node) => node.type === "Function");
  const defined = new Set(functions.map(({ name }) => name.value));
  const runsItsArguments = new Set(
    functions
      .filter(({ body }) => commandsOf(body).some(({ name }) => name?.value === "$@"))
      .map(({ name }) => name.value),
  );
  const called = commandsOf(tree).flatMap((command) => {
    const name = command.name?.value;
    if (name === undefined) return [];
    const given = runsItsArguments.has(name) ? wordsAfter(command).filter(isFunctionName) : [];
    return name.includes("$") ? given : [name, ...given];
  });
  return [...new Set(called)].filter((name) => !defined.has(name));
}
