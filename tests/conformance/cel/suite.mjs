// cel-spec's conformance suite through ONE `tk expr eval --jsonl --typed`. Run by ./run, which fetches what it
// needs into a build folder. usage: node suite.mjs TK NEEDS_PROTOBUF [--write]   (--write: the list anew)
//
// A case is left out only when `needsProtobuf` says why: tk's CEL has no protobuf messages. Each of those is named
// in the list; a case that is in the list and not left out, or the other way, is a failure, as is every
// answer that is not the suite's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const [tk, listFile, flag] = process.argv.slice(2);
const here = createRequire(pathToFileURL(process.cwd() + "/"));
const load = async (name) => (await import(pathToFileURL(here.resolve("@bufbuild/cel-spec/testdata/tests.js"))))[name]();

// ---- which cases need protobuf

// Types that are messages to protobuf and values to CEL.
const VALUES = new Set(["google.protobuf.Timestamp", "google.protobuf.Duration"]);
const nameOf = (typeUrl) => typeUrl.slice(typeUrl.lastIndexOf("/") + 1);

function typeNeeds(type) {
  if (!type) return null;
  switch (type.typeKind.case) {
    case "messageType": return VALUES.has(type.typeKind.value) ? null : `message type ${type.typeKind.value}`;
    case "wellKnown": return type.typeKind.value === 1 ? "google.protobuf.Any" : null;
    case "wrapper": return "a wrapper type";
    case "listType": return typeNeeds(type.typeKind.value.elemType);
    case "mapType": return typeNeeds(type.typeKind.value.keyType) ?? typeNeeds(type.typeKind.value.valueType);
    case "type": return typeNeeds(type.typeKind.value);
    case "abstractType": return first(type.typeKind.value.parameterTypes, typeNeeds);
    case "function": return first(type.typeKind.value.argTypes, typeNeeds) ?? typeNeeds(type.typeKind.value.resultType);
    default: return null;
  }
}

function valueNeeds(value) {
  if (!value) return null;
  switch (value.kind.case) {
    case "objectValue": return VALUES.has(nameOf(value.kind.value.typeUrl)) ? null : `message ${nameOf(value.kind.value.typeUrl)}`;
    case "enumValue": return `enum ${value.kind.value.type}`;
    case "listValue": return first(value.kind.value.values, valueNeeds);
    case "mapValue": return first(value.kind.value.entries, (e) => valueNeeds(e.key) ?? valueNeeds(e.value));
    case "typeValue": return value.kind.value.includes(".") && !VALUES.has(value.kind.value) ? `type ${value.kind.value}` : null;
    default: return null;
  }
}

function first(things, needs) {
  for (const thing of things ?? []) {
    const why = needs(thing);
    if (why) return why;
  }
  return null;
}

function textNeeds(text) {
  const bare = text.replace(/[rRbB]{0,2}("""[^]*?"""|'''[^]*?'''|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*')/g, '""').replace(/\/\/.*/g, "");
  const made = bare.match(/([A-Za-z_][\w.]*)\s*\{/);
  if (made && !["in"].includes(made[1])) return `message ${made[1]}{}`;
  const named = bare.match(/\b(google\.protobuf\.\w+|[\w.]*TestAllTypes[\w.]*|\w*(Global|Nested)Enum[\w.]*|proto\.(has|get)Ext)\b/);
  return named && !VALUES.has(named[1]) ? `${named[1]}` : null;
}

function needsProtobuf({ original: t }) {
  return textNeeds(t.expr) ??
    first(t.typeEnv, (d) => d.declKind.case === "ident" ? typeNeeds(d.declKind.value.type)
      : first(d.declKind.value.overloads, (o) => first(o.params, typeNeeds) ?? typeNeeds(o.resultType))) ??
    first(Object.values(t.bindings), (b) => valueNeeds(b.kind.case === "value" ? b.kind.value : null)) ??
    (t.resultMatcher.case === "value" ? valueNeeds(t.resultMatcher.value) : null) ??
    (t.resultMatcher.case === "typedResult" ? valueNeeds(t.resultMatcher.value.result) ?? typeNeeds(t.resultMatcher.value.deducedType) : null);
}

// ---- the suite's messages as tk writes them

const PRIMITIVES = { 1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes" };
function typeText(type) {
  const { case: kind, value } = type.typeKind;
  switch (kind) {
    case "primitive": return PRIMITIVES[value];
    case "null": return "null";
    case "dyn": return "dyn";
    case "wellKnown": return value === 2 ? "timestamp" : "duration";
    case "messageType": return value === "google.protobuf.Timestamp" ? "timestamp" : "duration";
    case "listType": return `list(${typeText(value.elemType)})`;
    case "mapType": return `map(${typeText(value.keyType)}, ${typeText(value.valueType)})`;
    case "type": return "type";
    case "typeParam": return value;
    case "abstractType": return `${value.name}(${value.parameterTypes.map(typeText).join(", ")})`;
    default: throw new Error(`a type of kind ${kind}`);
  }
}

const double = (d) => Number.isFinite(d) ? d : Number.isNaN(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
const seconds = (s, nanos) => `${s}${nanos ? "." + String(nanos).padStart(9, "0").replace(/0+$/, "") : ""}`;

// Timestamps and durations stand in an Any: two varints, seconds and nanos.
function anyText({ typeUrl, value }) {
  const fields = [0n, 0n, 0n];
  for (let at = 0; at < value.length;) {
    const field = value[at++] >> 3;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(value[at++]);
      fields[field] |= (byte & 127n) << shift;
      if (byte < 128n) break;
    }
  }
  const [s, nanos] = [BigInt.asIntN(64, fields[1]), Number(BigInt.asIntN(32, fields[2]))];
  if (nameOf(typeUrl) === "google.protobuf.Duration") {
    const minus = s < 0n || nanos < 0 ? "-" : "";
    return `${minus}${seconds(s < 0n ? -s : s, Math.abs(nanos))}s`;
  }
  const day = new Date(Number(s) * 1000).toISOString().slice(0, 19).replace(/^\+0/, "");
  return `${seconds(day, nanos)}Z`;
}

function valueJson(value) {
  const { case: kind, value: v } = value.kind;
  switch (kind) {
    case "nullValue": return { nullValue: null };
    case "int64Value":
    case "uint64Value": return { [kind]: String(v) };
    case "doubleValue": return { doubleValue: double(v) };
    case "bytesValue": return { bytesValue: Buffer.from(v).toString("base64") };
    case "objectValue": return { objectValue: { "@type": `type.googleapis.com/${nameOf(v.typeUrl)}`, value: anyText(v) } };
    case "listValue": return { listValue: { values: v.values.map(valueJson) } };
    case "mapValue": return { mapValue: { entries: v.entries.map((e) => ({ key: valueJson(e.key), value: valueJson(e.value) })) } };
    default: return { [kind]: v };
  }
}

// Equal as CEL's values are: kinds too; a map's order is nobody's affair; NaN is itself.
function same(a, b) {
  const [x, y] = [canonical(a), canonical(b)];
  return x === y;
}
function canonical(value) {
  const [kind, v] = Object.entries(value ?? { nothing: 0 })[0];
  if (kind === "listValue") return `[${(v.values ?? []).map(canonical).join()}]`;
  if (kind === "mapValue") return `{${(v.entries ?? []).map((e) => canonical(e.key) + ":" + canonical(e.value)).sort().join()}}`;
  if (kind === "doubleValue") return `d${Object.is(v, -0) ? 0 : v}`;
  if (kind === "objectValue") return `o${v["@type"]} ${v.value}`;
  return `${kind} ${v}`;
}

// ---- a case, asked and judged

function request({ original: t }) {
  const types = {}, functions = [], vars = {};
  for (const [name, b] of Object.entries(t.bindings)) if (b.kind.case === "value") vars[name] = valueJson(b.kind.value);
  for (const decl of t.typeEnv) {
    if (decl.declKind.case === "ident") {
      // Without the check a name means what is bound to it, whatever was declared.
      if (!t.disableCheck || decl.name in vars) types[decl.name] = typeText(decl.declKind.value.type);
    } else {
      for (const o of decl.declKind.value.overloads)
        functions.push(`${decl.name}(${o.params.map(typeText).join(", ")}) ${typeText(o.resultType)}`);
    }
  }
  for (const word of ["true", "false", "null"]) delete types[word], delete vars[word];
  return { expr: t.expr, vars, types, functions, container: t.container, check: !t.disableCheck, macros: !t.disableMacros, run: !t.checkOnly };
}

function judge({ original: t, type: upstream }, answer) {
  const expected = t.resultMatcher;
  // What cel-go's checker says of it, where the suite itself says nothing. Of a block it only knows that it is dyn.
  if (upstream && !t.expr.startsWith("cel.block(") && expected.case !== "typedResult" && !t.disableCheck && answer.type !== upstream)
    return `type ${answer.type ?? answer.error?.message}, cel-go ${upstream}`;
  const got = answer.error ? `${answer.error.code} ${answer.error.message}` : JSON.stringify(answer.value ?? answer.type);
  if (expected.case === "evalError" || expected.case === "anyEvalErrors")
    return answer.error ? null : `wanted an error, got ${got}`;
  if (answer.error) return got;
  if (expected.case === "typedResult") {
    const wanted = typeText(expected.value.deducedType);
    if (answer.type !== wanted) return `type ${answer.type}, wanted ${wanted}`;
    if (t.checkOnly) return null;
  }
  const value = expected.case === "typedResult" ? valueJson(expected.value.result)
    : expected.case === "value" ? valueJson(expected.value) : { boolValue: true };
  if (expected.case && !["value", "typedResult"].includes(expected.case)) return `a matcher of kind ${expected.case}`;
  if (!same(value, answer.value)) return `got ${got}, wanted ${JSON.stringify(value)}`;
  return null;
}

function flatten(suite, path = []) {
  const at = [...path, suite.name];
  return [...suite.tests.map((test) => ({ path: at.slice(1).join("/"), ...test })), ...suite.suites.flatMap((s) => flatten(s, at))];
}

const cases = flatten(await load("getConformanceSuite"));
const seen = new Map();
for (const test of cases) {
  const name = `${test.path}/${test.name}`;
  const n = (seen.get(name) ?? 0) + 1;
  seen.set(name, n);
  test.id = n === 1 ? name : `${name}#${n}`;
  test.why = needsProtobuf(test);
}

const lines = cases.filter((c) => c.why).map((c) => `${c.id}\t${c.why}\n`);
if (flag === "--write") {
  writeFileSync(listFile, "# Cases of cel-spec's conformance suite that need protobuf: name, and what of it they need.\n" +
    "# Decided by needsProtobuf() of suite.mjs; written by `run --write`, checked at every run.\n" + lines.join(""));
}
const listed = new Set(readFileSync(listFile, "utf8").split("\n").filter((l) => l && !l.startsWith("#")).map((l) => l.split("\t")[0]));

const child = spawn(tk, ["expr", "eval", "--jsonl", "--typed"], { stdio: ["pipe", "pipe", "inherit"] });
const asked = cases.filter((c) => !c.why);
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const began = Date.now();
const sending = (async () => {
  for (const test of asked) if (!child.stdin.write(JSON.stringify(request(test)) + "\n")) await once(child.stdin, "drain");
  child.stdin.end();
})();

const failures = [];
const counts = { values: 0, errors: 0, types: 0 };
for (const test of asked) {
  const { value: line, done } = await answers.next();
  if (done) { failures.push(`${test.id}: tk ended`); break; }
  let answer;
  try { answer = JSON.parse(line); } catch { answer = { error: { code: "not JSON", message: line } }; }
  const wrong = judge(test, answer);
  if (wrong) failures.push(`${test.id}: ${test.original.expr.replace(/\s+/g, " ").slice(0, 120)}\n    ${wrong}`);
  else counts[test.original.resultMatcher.case === "evalError" ? "errors" : test.original.checkOnly ? "types" : "values"]++;
}
await sending;
const [status] = await once(child, "close");
if (status !== 0) failures.push(`tk ended with ${status}`);
for (const c of cases) {
  if (c.why && !listed.has(c.id)) failures.push(`${c.id}: needs ${c.why}, and is not in the list`);
  if (!c.why && listed.has(c.id)) failures.push(`${c.id}: in the list, and needs no protobuf`);
}
const known = new Set(cases.map((c) => c.id));
for (const id of listed) if (!known.has(id)) failures.push(`${id}: in the list, and not in the suite`);
for (const failure of failures) console.log(`FAILED ${failure}`);
const passed = counts.values + counts.errors + counts.types;
console.log(`cel-spec: ${cases.length} cases, ${passed} of ${asked.length} passed (${counts.values} values, ${counts.errors} errors, ` +
  `${counts.types} types alone), SKIPPED ${cases.length - asked.length} that need protobuf; ${Date.now() - began} ms`);
process.exit(failures.length ? 1 : 0);
