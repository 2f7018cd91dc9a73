import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { checkout } from "../../lib/paths.ts";
import { endpointSchema } from "../../lib/ssh/target.ts";
import { hostSchema, inventorySchema } from "./hosts.ts";
import { configSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

function allowed(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const choices = schema.anyOf;
  if (choices) return [...new Set(choices.map((choice) => allowed(choice as JsonSchema)))].join(", or ");
  if (schema.type === "integer")
    return `whole number${schema.minimum === undefined ? "" : `, ${schema.minimum} to ${schema.maximum}`}`;
  if (schema.type === "number") return `number, ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "array") {
    const items = schema.items as JsonSchema;
    return `a list of ${items.enum ? allowed(items) : `${schema.minItems ?? 0} to ${schema.maxItems}`}`;
  }
  if (schema.type === "object")
    return `an object with ${Object.keys(schema.properties ?? {})
      .map((key) => `\`${key}\``)
      .join(", ")}`;
  return schema.type === "boolean" ? "`true`, `false`" : "text";
}

/**
 * A schema as a Markdown table: key, meaning, what is allowed, default.
 * @param nameOf what a key is called in it
 * @param io "output" for a schema whose values are read from text
 */
export function schemaTable(
  schema: z.ZodObject,
  nameOf = (key: string) => key,
  io: "input" | "output" = "input",
): string {
  const json = z.toJSONSchema(schema, { io });
  const required = new Set(io === "input" ? json.required : []);
  const rows = Object.entries(json.properties ?? {}).map(([key, value]) => {
    const property = value as JsonSchema;
    const byDefault = required.has(key)
      ? "must be given"
      : property.default === undefined || String(property.default) === ""
        ? "none"
        : `\`${property.default}\``;
    return `| \`${nameOf(key)}\` | ${property.description ?? ""} | ${allowed(property)} | ${byDefault} |`;
  });
  return ["| key | meaning | allowed | default |", "|---|---|---|---|", ...rows].join("\n");
}

const pf = hostSchema.shape.pfs.element;

/** The text of docs/configuration.md: every key, from the schema that checks it. */
export const configurationDocument = () => `# Configuration

Generated from the schema by \`node infra/config/document.ts\`; do not edit.

Keys of a stack are set with \`pulumi config set KEY VALUE\` (\`--path\` for members of an object) or in its
\`Pulumi.STACK.yaml\` as \`sriov-rtt:KEY\`. What \`Pulumi.yaml\` sets holds for all stacks that say nothing else.
\`sender\` and \`responder\` as stack names say where the load is; each stack declares both servers.

## A stack

${schemaTable(configSchema)}

## \`hosts\`: the two servers

The object itself, or a JSON file with it (\`.lab/hosts.json\` is what \`./lab hosts up\` writes for the emulated servers).

${schemaTable(inventorySchema)}

### \`hosts.sender\`, \`hosts.responder\`

${schemaTable(hostSchema)}

### \`jump\`

Every client of the testbed goes by these keys alone: \`~/.ssh/config\` is not read.

${schemaTable(endpointSchema)}

### Each of \`pfs\`

${schemaTable(pf)}
`;

if (import.meta.main) writeFileSync(join(checkout, "docs", "configuration.md"), configurationDocument());
