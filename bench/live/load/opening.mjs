/** People arriving: at a document of many edits, all together after a cut, or in a room that nobody has opened yet. */
import { DIALECTS } from "./dialects.mjs";
import { cpu } from "./processes.mjs";
import { dice, worked } from "./words.mjs";

const WITHIN = 10_000;

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function within(promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("never synchronised")), WITHIN).unref())]);
}

/** Somebody who stays puts a document of `job.edits` edits in the room. Gives `[who stays, its state vector]`. */
async function prepared(job) {
  const { update, vector } = worked(job.edits, dice(job.seed));
  const keeper = new DIALECTS[job.dialect](job.rooms[0][0]);
  await within(keeper.synced);
  await within(keeper.store(update));
  return [keeper, vector];
}

/** `job.times` arrivals one after the other, with nothing yet: the median of milliseconds from connecting to having the document. */
export async function syncing(job) {
  await prepared(job);
  const times = [];
  let bytes = 0;
  for (const address of job.rooms[0].slice(1)) {
    const start = performance.now();
    const one = new DIALECTS[job.dialect](address);
    bytes = await within(one.synced);
    times.push(performance.now() - start);
    await one.leave();
  }
  return { milliseconds: median(times), bytes };
}

/** Everybody comes back at once with what they had: milliseconds until the last is in step, and the server's processor time. */
export async function rejoining(job) {
  const [, vector] = await prepared(job);
  const [used, start] = [cpu(job.pids), performance.now()];
  const all = job.rooms[0].slice(1).map((address) => new DIALECTS[job.dialect](address, { vector }));
  await within(Promise.all(all.map((one) => one.synced)));
  return { milliseconds: performance.now() - start, cpu: cpu(job.pids) - used };
}

/** All the clients of each room open it together, cold: how many there were, and how many never got their first synchronisation. */
export async function opening(job) {
  let clients = 0;
  let lost = 0;
  for (const addresses of job.rooms) {
    const all = addresses.map((address) => new DIALECTS[job.dialect](address));
    const ends = await Promise.allSettled(all.map((one) => within(one.synced)));
    clients += ends.length;
    lost += ends.filter((end) => end.status === "rejected").length;
    await Promise.all(all.map((one) => one.leave()));
  }
  return { clients, lost };
}
