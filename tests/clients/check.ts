// Reads a report from each line and writes it anew, or null where the generated checks refuse it.
import { createInterface } from "node:readline";
import { Convert, type Report } from "./report.js";

function returned(line: string): string {
  let report: Report;
  try {
    report = Convert.toReport(line);
  } catch {
    return "null";
  }
  return JSON.stringify(JSON.parse(Convert.reportToJson(report)));
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(returned(line) + "\n");
}
