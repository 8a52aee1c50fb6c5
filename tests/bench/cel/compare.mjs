// tk's CEL beside two others in one run: evaluations in a second of the evaluating thread's processor time, each
// expression compiled before, variables bound as each likes them best. usage: node compare.mjs BENCH EXPRESSIONS   (started by ./run)
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg, cpus } from "node:os";
import { pathToFileURL } from "node:url";

const [bench, file] = process.argv.slice(2);
const SECONDS = Number(process.env.SECONDS ?? 1);
const here = createRequire(pathToFileURL(process.cwd() + "/"));
const load = (name) => import(pathToFileURL(here.resolve(name)));
const celJs = await load("@marcbachmann/cel-js");
const buf = await load("@bufbuild/cel");
const { strings } = await load("@bufbuild/cel/ext");

const { vars, expressions } = JSON.parse(readFileSync(file, "utf8"));
// Integers are ints: BigInt to both.
const value = (v, map) => Array.isArray(v) ? v.map((x) => value(x, map))
  : v && typeof v === "object" ? (map ? new Map(Object.entries(v).map(([k, x]) => [k, value(x, map)]))
    : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, value(x, map)])))
  : Number.isInteger(v) ? BigInt(v) : v;
const plain = value(vars, false);
const mapped = Object.fromEntries(Object.entries(vars).map(([k, v]) => [k, value(v, true)]));

// Of Node's main thread, so that neither other programs nor its own collector's threads count against it.
const seconds = () => Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e9;

function rate(run) {
  let best = 0;
  for (let round = 0; round < 5; ++round) {
    const began = seconds();
    let done = 0, now = began;
    while (now - began < SECONDS / 5) {
      for (let i = 0; i < 5000; ++i) run();
      done += 5000;
      now = seconds();
    }
    best = Math.max(best, done / (now - began));
  }
  return best;
}

const simple = (v) => JSON.stringify(v, (_, x) => typeof x === "bigint" ? Number(x) : x instanceof Map ? [...x] : x?.[Symbol.iterator] && typeof x !== "string" && !Array.isArray(x) ? [...x] : x);
const tkOn = (name) => JSON.parse(execFileSync(bench, [file, String(SECONDS), name], { encoding: "utf8" }));
const env = buf.celEnv({ funcs: strings });
console.log(`load ${loadavg()[0].toFixed(2)} before, ${cpus().length} × ${cpus()[0].model}; millions of evaluations in a second of processor time, best of 5 rounds`);
console.log("expression          tk  cel-js  bufbuild  tk/cel-js  tk/bufbuild");
let worst = [Infinity, Infinity];
for (const { name, expr } of expressions) {
  const tk = tkOn(name);
  const a = celJs.parse(expr), b = buf.plan(env, buf.parse(expr));
  for (const [who, got] of [["cel-js", a(plain)], ["bufbuild", b(mapped)]])
    if (simple(got) !== simple(tk.value)) console.log(`  ${who} says ${simple(got)}, tk ${simple(tk.value)}: ${expr}`);
  const rates = [tk.rate, rate(() => a(plain)), rate(() => b(mapped))];
  const ratios = [rates[0] / rates[1], rates[0] / rates[2]];
  worst = worst.map((w, i) => Math.min(w, ratios[i]));
  console.log(name.padEnd(15) + rates.map((r, i) => (r / 1e6).toFixed(2).padStart([7, 8, 10][i])).join("") +
    ratios.map((r, i) => (r.toFixed(1) + "x").padStart([11, 13][i])).join(""));
}
console.log(`least: ${worst[0].toFixed(1)}x cel-js (aim 2x), ${worst[1].toFixed(1)}x bufbuild (aim 10x); load ${loadavg()[0].toFixed(2)} after`);
