// Writes the TypeScript types of a JSON Schema, with their checks: node generate.mjs SCHEMA FILE
import { readFile, writeFile } from "node:fs/promises";
import { InputData, JSONSchemaInput, quicktype } from "quicktype-core";

const [schema, file] = process.argv.slice(2);
const source = new JSONSchemaInput(undefined);
await source.addSource({ name: "Report", schema: await readFile(schema, "utf8") });
const inputData = new InputData();
inputData.addInput(source);
const { lines } = await quicktype({ inputData, lang: "typescript" });
await writeFile(file, lines.join("\n"));
