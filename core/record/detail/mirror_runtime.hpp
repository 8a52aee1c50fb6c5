// What every TypeScript mirror begins and ends with. `int` is bigint and `number` is number, as they stand in
// JSON: 1 and 1.0 differ. What these functions give is what core/expr, core/json and machine.cpp give.
#pragma once

#include <string_view>

namespace tk::record::detail {

inline constexpr std::string_view kMirrorValues = R"ts(
/** An integer above 2^63-1. */
export class Uint {
  constructor(readonly value: bigint) {}
}
/** What JSON holds: an integer is a bigint, any other number a number; maps keep their members sorted. */
export type Json = null | boolean | bigint | number | string | Uint | readonly Json[] | ReadonlyMap<string, Json>;

const INT_MIN = -(2n ** 63n), INT_MAX = 2n ** 63n - 1n, UINT_MAX = 2n ** 64n - 1n;

/** By code point, as UTF-8 sorts. */
function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i), y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for what is above all other units.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function sorted(members: Iterable<[string, Json]>): Map<string, Json> {
  return new Map([...members].sort((a, b) => compareText(a[0], b[0])));
}

class JsonReader {
  private at = 0;
  constructor(private readonly text: string) {}

  document(): Json {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.wrong();
    return value;
  }

  private wrong(): SyntaxError {
    return new SyntaxError(`malformed JSON at ${this.at}`);
  }
  private space(): void {
    while (this.at < this.text.length && " \t\r\n".includes(this.text.charAt(this.at))) this.at++;
  }
  private takes(word: string): boolean {
    this.space();
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }
  private value(depth: number): Json {
    if (this.takes("null")) return null;
    if (this.takes("true")) return true;
    if (this.takes("false")) return false;
    const c = this.text.charAt(this.at);
    if (c === '"') return this.string();
    if (c !== "[" && c !== "{") return this.number();
    if (depth >= 64) throw new SyntaxError("nested deeper than 64 levels");
    return c === "[" ? this.list(depth + 1) : this.map(depth + 1);
  }
  private string(): string {
    const found = /^"(?:[^"\\\u0000-\u001f]|\\.)*"/su.exec(this.text.slice(this.at));
    if (!found) throw this.wrong();
    this.at += found[0].length;
    const out = JSON.parse(found[0]) as string;
    if (/[\ud800-\udfff]/u.test(out)) throw new SyntaxError("half a character");
    return out;
  }
  private number(): Json {
    const found = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/.exec(this.text.slice(this.at, this.at + 400));
    if (!found) throw this.wrong();
    this.at += found[0].length;
    if (found[1] === undefined && found[2] === undefined) {
      const n = BigInt(found[0]);
      if (n >= INT_MIN && n <= INT_MAX) return n;
      if (n > 0n && n <= UINT_MAX) return new Uint(n);
    }
    const d = Number(found[0]);
    if (!Number.isFinite(d)) throw this.wrong();
    return d;
  }
  private list(depth: number): Json {
    const out: Json[] = [];
    this.at++;
    if (this.takes("]")) return out;
    do out.push(this.value(depth)); while (this.takes(","));
    if (!this.takes("]")) throw this.wrong();
    return out;
  }
  private map(depth: number): Json {
    const out: [string, Json][] = [], seen = new Set<string>();
    this.at++;
    if (this.takes("}")) return sorted(out);
    do {
      this.space();
      const key = this.string();
      if (seen.has(key)) throw new SyntaxError(`member ${key} stands twice`);
      seen.add(key);
      if (!this.takes(":")) throw this.wrong();
      out.push([key, this.value(depth)]);
    } while (this.takes(","));
    if (!this.takes("}")) throw this.wrong();
    return sorted(out);
  }
}

export function parseJson(text: string): Json {
  return new JsonReader(text).document();
}

function writeNumber(v: number): string {
  if (!Number.isFinite(v)) return "null";
  if (v === 0) return Object.is(v, -0) ? "-0.0" : "0.0";
  const [mantissa = "", power = "0"] = Math.abs(v).toExponential().split("e");
  const digits = mantissa.replace(".", ""), n = Number(power) + 1, k = digits.length;
  let out: string;
  if (k <= n && n <= 16) out = digits + "0".repeat(n - k) + ".0";
  else if (0 < n && n < k) out = digits.slice(0, n) + "." + digits.slice(n);
  else if (-6 < n && n <= 0) out = "0." + "0".repeat(-n) + digits;
  else out = digits.slice(0, 1) + (k > 1 ? "." + digits.slice(1) : "") + (n > 0 ? "e+" : "e-") + String(Math.abs(n - 1));
  return (v < 0 ? "-" : "") + out;
}

/** One line, members sorted: the bytes that tk keeps. */
export function writeJson(v: Json): string {
  if (v === null || typeof v === "boolean") return String(v);
  if (typeof v === "bigint") return v.toString();
  if (typeof v === "number") return writeNumber(v);
  if (typeof v === "string") return JSON.stringify(v);
  if (v instanceof Uint) return v.value.toString();
  if (isList(v)) return "[" + v.map(writeJson).join(",") + "]";
  return writeMembers([...v]);
}
function isList(v: unknown): v is readonly Json[] {
  return Array.isArray(v);
}
function writeMembers(members: [string, Json][]): string {
  // By UTF-16 code unit, which is how JavaScript sorts texts.
  members.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return "{" + members.map(([name, item]) => JSON.stringify(name) + ":" + writeJson(item)).join(",") + "}";
}
)ts";

inline constexpr std::string_view kMirrorMachine = R"ts(
/** What comes from outside; `now` is nanoseconds since 1970. */
export interface Moment {
  readonly actor: Actor;
  readonly now: bigint;
}
interface Shape {
  readonly state: string;
  readonly fields: { readonly [name: string]: Json | undefined };
}
interface Scope {
  readonly shape: Shape;
  readonly input: { readonly [name: string]: Json | undefined };
  readonly inputTypes: Types;
  readonly moment: Moment;
}
type Type = "text" | "int" | "number" | "bool" | "json" | "bytes" | { readonly list: Type };
type Types = { readonly [name: string]: Type };
type Expression = (s: Scope) => Cel;
interface Condition {
  readonly when: Expression;
  readonly reason: string;
}
interface Assignment {
  readonly field: string;
  readonly to: Expression;
}
interface State {
  readonly name: string;
  readonly parent: string;
  readonly initial: string;
  readonly enter: readonly Assignment[];
  readonly exit: readonly Assignment[];
}
interface Transition {
  readonly event: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly input: Types;
  readonly guard: readonly Condition[];
  readonly set: readonly Assignment[];
}

class Refused extends Error {
  constructor(readonly reasons: string[]) {
    super(reasons.join("; "));
  }
}

function fits(type: Type, v: unknown): boolean {
  if (typeof type === "object") return isList(v) && v.every((item) => fits(type.list, item));
  switch (type) {
    case "text":
    case "bytes": return typeof v === "string";
    case "int": return typeof v === "bigint" || v instanceof Uint;
    case "number": return typeof v === "bigint" || v instanceof Uint || typeof v === "number";
    case "bool": return typeof v === "boolean";
    case "json": return isJson(v);
  }
}
function isJson(v: unknown): boolean {
  if (v === null || ["boolean", "bigint", "number", "string"].includes(typeof v) || v instanceof Uint) return true;
  if (isList(v)) return v.every(isJson);
  return v instanceof Map && [...(v as Map<unknown, unknown>)].every(([k, x]) => typeof k === "string" && isJson(x));
}
function membersFit(types: Types, given: unknown): boolean {
  if (typeof given !== "object" || given === null || isList(given) || given instanceof Map) return false;
  return Object.entries(given).every(([name, v]) => v === undefined || (Object.hasOwn(types, name) && fits(types[name] as Type, v)));
}

/** What a field or input is to an expression: a number is a double; undefined: it is not there. */
function seen(types: Types, values: { readonly [name: string]: Json | undefined }, name: string): Cel | undefined {
  const v = Object.hasOwn(values, name) ? values[name] : undefined, type = types[name];
  if (v === undefined || type === undefined) return undefined;
  if (type === "number") return v instanceof Uint ? Number(v.value) : typeof v === "bigint" ? Number(v) : v;
  if (type === "int" && v instanceof Uint) return undefined;
  return v;
}
function there(v: Cel | undefined): Cel {
  if (v === undefined) throw new CelError("not there");
  return v;
}

function utf8Length(text: string): number {
  let n = 0;
  for (const c of text) {
    const p = c.codePointAt(0) as number;
    n += p < 0x80 ? 1 : p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
  }
  return n;
}
/** A value that comes back from JSON as it went there. */
function settle(v: Cel, depth: number): Json {
  if (depth > 32) throw new CelError("a value of more than 32 levels");
  if (v instanceof Uint) return v.value <= INT_MAX ? v.value : v;
  if (typeof v === "number" && !Number.isFinite(v)) throw new CelError("a number that is not finite");
  if (typeof v === "string" && utf8Length(v) > 1048576) throw new CelError("a text of more than 1 MiB");
  if (v instanceof Time || v instanceof Span) throw new CelError("a field holds no time");
  if (isCelList(v)) return v.map((item) => settle(item, depth + 1));
  if (v instanceof Map) return sorted([...(v as ReadonlyMap<string, Cel>)].map(([k, x]): [string, Json] => [k, settle(x, depth + 1)]));
  return v as Json;
}

function line(name: string): State[] {
  const out: State[] = [];
  for (let s = states.find((x) => x.name === name); s; s = states.find((x) => x.name === (s as State).parent)) out.push(s);
  return out;
}
function leaf(name: string): string {
  let s = states.find((x) => x.name === name) as State;
  while (s.initial !== "") s = states.find((x) => x.name === s.initial) as State;
  return s.name;
}
function candidates(event: string, at: string): Transition[] {
  for (const s of line(at)) {
    const found = transitions.filter((t) => t.event === event && t.from.includes(s.name));
    if (found.length > 0) return found;
  }
  return [];
}
function holds(c: Condition, s: Scope): boolean {
  try {
    return c.when(s) === true;
  } catch (e) {
    if (e instanceof CelError) return false;
    throw e;
  }
}
function assign(list: readonly Assignment[], scope: (fields: Shape["fields"]) => Scope, fields: Shape["fields"], together: boolean): Shape["fields"] {
  const before = fields;
  for (const a of list) {
    const v = a.to(scope(together ? before : fields));
    const next: { [name: string]: Json | undefined } = { ...fields };
    if (v === null) {
      delete next[a.field];
    } else {
      const value = settle(v, 0);
      if (!fits(fieldTypes[a.field] as Type, value)) throw new CelError(`${a.field} does not fit`);
      next[a.field] = value;
    }
    fields = next;
  }
  return fields;
}
function unmet(list: readonly Condition[], s: Scope): string[] {
  return list.filter((c) => !holds(c, s)).map((c) => c.reason);
}

const noInput = {};
function within(shape: Shape, moment: Moment): Scope {
  return { shape, moment, input: noInput, inputTypes: noInput };
}
function enter(list: readonly State[], shape: Shape, moment: Moment): Shape {
  let fields = shape.fields;
  for (const s of list) fields = assign(s.enter, (f) => within({ state: shape.state, fields: f }, moment), fields, false);
  return { state: shape.state, fields };
}

function choose(shape: Shape, event: string, input: unknown, moment: Moment): { t: Transition; scope: Scope } {
  const all = candidates(event, shape.state), first = all[0];
  if (!first) throw new Refused([`${event} is not legal in state ${shape.state}`]);
  if (!membersFit(first.input, input)) throw new Refused([`the input does not fit event ${event}`]);
  const given = input as Scope["input"], reasons: string[] = [];
  for (const t of all) {
    const scope: Scope = { shape, moment, input: given, inputTypes: t.input };
    const failed = unmet(t.guard, scope);
    if (failed.length === 0) return { t, scope };
    for (const r of failed) if (!reasons.includes(r)) reasons.push(r);
  }
  throw new Refused(reasons);
}

function take(t: Transition, s: Scope): Shape {
  const internal = t.to === "=", oldLine = line(s.shape.state);
  let left: State[] = [], entered: State[] = [];
  if (!internal) {
    entered = line(leaf(t.to));
    const target = line(t.to).slice(1);
    let around = oldLine.findIndex((x) => t.from.includes(x.name)) + 1;
    while (around < oldLine.length && !target.includes(oldLine[around] as State)) around++;
    left = oldLine.slice(0, around);
    const outer = oldLine[around];
    if (outer) entered = entered.slice(0, entered.indexOf(outer));
  }
  let fields = s.shape.fields;
  for (const x of left) fields = assign(x.exit, (f) => within({ state: s.shape.state, fields: f }, s.moment), fields, false);
  const given: { [name: string]: Json | undefined } = { ...fields };
  for (const [name, v] of Object.entries(s.input)) if (v !== undefined && Object.hasOwn(fieldTypes, name)) given[name] = v;
  fields = assign(t.set, (f) => ({ ...s, shape: { state: s.shape.state, fields: f } }), given, true);
  return enter(entered.reverse(), { state: internal ? s.shape.state : leaf(t.to), fields }, s.moment);
}

function checked(shape: Shape, moment: Moment): Shape {
  const broken = unmet(invariants, within(shape, moment));
  if (broken.length > 0) throw new Refused(broken);
  return shape;
}

/** Runs f; a refusal is an answer, a failed expression is a refusal, anything else is a bug. */
function answered<T>(f: () => T): { ok: true; value: T } | { ok: false; reasons: string[] } {
  try {
    return { ok: true, value: f() };
  } catch (e) {
    if (e instanceof Refused) return { ok: false, reasons: e.reasons };
    if (e instanceof CelError) return { ok: false, reasons: [e.message] };
    throw e;
  }
}

function made(fields: unknown, moment: Moment): Shape {
  if (!membersFit(fieldTypes, fields)) throw new Refused(["the fields do not fit"]);
  const state = leaf(initial), all = { ...defaults(), ...(fields as Shape["fields"]) };
  return checked(enter(line(state).reverse(), { state, fields: all }, moment), moment);
}
function stepped(shape: Shape, event: string, input: unknown, moment: Moment): Shape {
  const { t, scope } = choose(shape, event, input, moment);
  return checked(take(t, scope), moment);
}
function written(record: Shape & { readonly version: bigint }): string {
  const fields: [string, Json][] = [];
  for (const [name, v] of Object.entries(record.fields)) if (v !== undefined) fields.push([name, v]);
  return writeMembers([["fields", new Map(fields)], ["state", record.state], ["version", record.version]]);
}
function isShape(v: unknown): v is Shape & { readonly version: bigint } {
  if (typeof v !== "object" || v === null) return false;
  const r = v as { state?: unknown; version?: unknown; fields?: unknown };
  return typeof r.state === "string" && states.some((s) => s.name === r.state && s.initial === "") &&
    typeof r.version === "bigint" && r.version > 0n && membersFit(fieldTypes, r.fields);
}
)ts";

}  // namespace tk::record::detail
