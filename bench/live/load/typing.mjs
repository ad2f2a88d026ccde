/** People typing in rooms: what a delivery costs the server, how late it comes, and how many updates a second it bears. */
import { DIALECTS } from "./dialects.mjs";
import { cpu, memory } from "./processes.mjs";
import { Author, FIRST_AUTHOR, dice, reach, seed } from "./words.mjs";

const DRAIN = 10_000;
const LATE = 250;
const TOGETHER = 10;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One room: its readers, and for each the characters of each author it has. */
class Room {
  constructor(addresses, Dialect, tally) {
    this.addresses = addresses;
    this.Dialect = Dialect;
    this.tally = tally;
    this.seeded = seed(addresses.length);
    this.authors = addresses.map((_, index) => new Author(index, this.seeded));
    this.sentAt = addresses.map(() => []);
  }

  async open() {
    const first = this.join(0);
    await first.synced;
    await first.store(this.seeded);
    const others = this.addresses.slice(1).map((_, index) => this.join(index + 1));
    this.readers = [first, ...others];
    await Promise.all(others.map((reader) => reader.synced));
  }

  join(index) {
    const seen = new Int32Array(this.addresses.length);
    const note = (client, clock) => {
      const author = client - FIRST_AUTHOR;
      if (author < 0 || author === index) return;
      const now = performance.now();
      for (let at = seen[author]; at < clock; at++) this.tally.delivered(now - this.sentAt[author][at]);
      seen[author] = Math.max(seen[author], clock);
    };
    return new this.Dialect(this.addresses[index], { update: (update) => reach(update, note) });
  }

  type(index) {
    const update = this.authors[index].type();
    this.sentAt[index].push(performance.now());
    this.readers[index].send(update);
    this.tally.expected += this.readers.length - 1;
  }

  get settled() {
    return this.readers.every((reader) => reader.acknowledged >= reader.sent);
  }

  /** Raises when a connection was lost or an update refused: figures of such a run would mean nothing. */
  check() {
    for (const reader of this.readers) {
      if (reader.refusal || reader.socket.readyState !== 1) throw new Error(`lost: ${reader.refusal ?? "closed"}`);
    }
  }
}

class Tally {
  constructor() {
    this.clear();
  }

  clear() {
    this.delays = [];
    this.expected = 0;
  }

  delivered(delay) {
    this.delays.push(delay);
  }

  get missing() {
    return this.expected - this.delays.length;
  }

  /** Milliseconds under which a share of the deliveries came. */
  quantile(share) {
    const sorted = Float64Array.from(this.delays).sort();
    return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : Infinity;
  }
}

/** Updates at random moments, `rate` a second in all, each by a random author, for `seconds`. Gives how many were sent. */
async function write(rooms, rate, seconds, random) {
  const authors = rooms.flatMap((room) => room.authors.map((_, index) => [room, index]));
  const start = performance.now();
  let due = start;
  let sent = 0;
  while (due < start + seconds * 1000) {
    for (; due <= performance.now() && due < start + seconds * 1000; sent++) {
      const [room, index] = authors[Math.floor(random() * authors.length)];
      room.type(index);
      due -= (Math.log(1 - random()) / rate) * 1000;
    }
    await pause(1);
  }
  return sent;
}

async function drained(rooms, tally) {
  const end = performance.now() + DRAIN;
  while (tally.missing > 0 || rooms.some((room) => !room.settled)) {
    rooms.forEach((room) => room.check());
    if (performance.now() > end) throw new Error(`${tally.missing} deliveries never came`);
    await pause(5);
  }
}

async function enter(job, tally) {
  const rooms = job.rooms.map((addresses) => new Room(addresses, DIALECTS[job.dialect], tally));
  for (let at = 0; at < rooms.length; at += TOGETHER) await Promise.all(rooms.slice(at, at + TOGETHER).map((room) => room.open()));
  return rooms;
}

/** `rate` updates a second in all, for `warm` seconds unseen then `seconds` measured. Every delivery and acknowledgement must come. */
export async function typing(job) {
  const tally = new Tally();
  const empty = memory(job.pids);
  const rooms = await enter(job, tally);
  const random = dice(job.seed);
  await write(rooms, job.rate, job.warm, random);
  await drained(rooms, tally);
  tally.clear();
  const [used, own] = [cpu(job.pids), process.cpuUsage()];
  await write(rooms, job.rate, job.seconds, random);
  await drained(rooms, tally);
  const spent = process.cpuUsage(own);
  return {
    cpu: cpu(job.pids) - used,
    deliveries: tally.delays.length,
    p50: tally.quantile(0.5),
    p99: tally.quantile(0.99),
    memory: (memory(job.pids) - empty) / rooms.length,
    load: (spent.user + spent.system) / 1e6,
  };
}

/** The highest of `job.rates` (rising) at which 99 deliveries in 100 still come within 250 ms; stops at the first that fails. */
export async function ceiling(job) {
  const tally = new Tally();
  const rooms = await enter(job, tally);
  const random = dice(job.seed);
  let reached = 0;
  let load = 0;
  for (const rate of job.rates) {
    tally.clear();
    const [own, start] = [process.cpuUsage(), performance.now()];
    const sent = await write(rooms, rate, job.seconds, random);
    const took = (performance.now() - start) / 1000;
    const spent = process.cpuUsage(own);
    load = (spent.user + spent.system) / 1e6 / took;
    await drained(rooms, tally);
    if (tally.quantile(0.99) > LATE) break;
    reached = sent / took;
  }
  return { reached, load };
}
