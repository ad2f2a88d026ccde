/**
 * The load: `node main.mjs < job.json`, prints one line of JSON. A job names its `scenario`, the `dialect`, the `pids` of the server's
 * processes, and the `rooms`: lists of `{url, document}`, one a client. It stops by itself.
 */
import { readFileSync } from "node:fs";
import { ceiling, typing } from "./typing.mjs";
import { opening, rejoining, syncing } from "./opening.mjs";

const SCENARIOS = { typing, ceiling, syncing, rejoining, opening };

const job = JSON.parse(readFileSync(0, "utf8"));
try {
  const result = await SCENARIOS[job.scenario](job);
  process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
} catch (error) {
  process.stderr.write(`${job.scenario} ${job.dialect}: ${error.stack}\n`, () => process.exit(1));
}
