// Runs what `machines` wrote through the compiled mirrors and compares, byte for byte. usage: replay.mjs FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const load = (name) => import(pathToFileURL(`${folder}/out/${name}.js`).href);
const lines = (name) => readFileSync(`${folder}/${name}`, "utf8").split("\n").filter((l) => l !== "");

/** JSON's maps as what a mirror takes: fields, events and actors are objects. */
function event(v) {
  const m = Object.fromEntries(v);
  return { ...m, input: Object.fromEntries(m.input), actor: Object.fromEntries(m.actor) };
}

const PRIME = 1099511628211n, MASK = 2n ** 64n - 1n;
function digest(parts) {
  let h = 14695981039346656037n;
  for (const byte of Buffer.from(parts.join(""), "utf8")) h = ((h ^ BigInt(byte)) * PRIME) & MASK;
  return h.toString(16).padStart(16, "0");
}

function stop(why) {
  console.error(`FAILED: ${why}`);
  process.exit(1);
}

function begin(mirror, first) {
  try {
    return mirror.create(first.input, first);
  } catch {
    return undefined;
  }
}

let sequences = 0, events = 0, refused = 0;
function replay(mirror, line, name) {
  const s = Object.fromEntries(mirror.parseJson(line)), first = event(s.begin), parts = [];
  let record = begin(mirror, first), last = "";
  if (record) parts.push((last = mirror.toJson(record)));
  for (const e of s.events.map(event)) {
    if (!record) stop(`${name}: a record that tk made is refused`);
    const answer = mirror.can(record, e.type, e.input, e);
    // tk's guards give their reasons; a refusal of another kind (the event, an invariant) is not compared in words.
    if (!answer.ok) parts.push(...answer.reasons.filter((r) => /^(first of e\d+|second)$/.test(r)));
    const next = mirror.reduce(record, e);
    if (answer.ok !== (next !== record)) stop(`${name}: can() and reduce() differ`);
    if (!answer.ok) refused++;
    record = next;
    if (!mirror.isRecord(record)) stop(`${name}: what reduce() gives is no record`);
    parts.push((last = mirror.toJson(record)));
    if (mirror.toJson(mirror.fromJson(last)) !== last) stop(`${name}: it does not come back from JSON`);
    events++;
  }
  if (last !== s.last) stop(`${name}: ${last}\nis not tk's ${s.last}\n${line}`);
  if (digest(parts) !== s.digest) stop(`${name}: another way to the same state\n${line}`);
  sequences++;
}

for (const file of readdirSync(folder).filter((f) => /^m\d+\.jsonl$/.test(f)).sort()) {
  const name = file.replace(".jsonl", ""), mirror = await load(name);
  for (const line of lines(file)) replay(mirror, line, name);
}
const mirror = await load("journal");
let record, rows = 0, taken = 0;
for (const line of lines("journal.jsonl")) {
  const e = event(mirror.parseJson(line));
  const next = e.type === "new" ? begin(mirror, e) : record && mirror.reduce(record, e);
  if (next !== record) taken++;
  record = next ?? record;
  rows++;
}
if (mirror.toJson(record) !== readFileSync(`${folder}/journal.last`, "utf8")) stop("the journal's end differs");
console.log(`${sequences} sequences, ${events} events (${refused} refused) of ${readdirSync(folder).filter((f) => /^m\d+\.ts$/.test(f)).length} machines: ` +
  `equal byte for byte; a journal of ${rows} rows (${taken} transitions): the same state`);
