/** What the server's processes have used, from /proc. */
import { readFileSync } from "node:fs";

const TICKS_A_SECOND = 100;

/** Seconds of processor they used, in and out of the kernel. */
export function cpu(pids) {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_A_SECOND;
}

/** Resident memory, in bytes. */
export function memory(pids) {
  const sizes = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]));
  return sizes.reduce((sum, one) => sum + one, 0) * 1024;
}
