// The part of a TypeScript mirror that is CEL: operators, macros and functions, as langdef.md has them.
#pragma once

#include <string_view>

namespace tk::record::detail {

inline constexpr std::string_view kMirrorCel = R"ts(
/** Nanoseconds since 1970. */
class Time {
  constructor(readonly ns: bigint) {}
}
class Span {
  constructor(readonly ns: bigint) {}
}
type Cel = Json | Time | Span | readonly Cel[] | ReadonlyMap<string, Cel>;

class CelError extends Error {}

function isCelList(v: Cel): v is readonly Cel[] {
  return Array.isArray(v);
}
function noOverload(): CelError {
  return new CelError("no such overload");
}
function int(n: bigint): bigint {
  if (n < INT_MIN || n > INT_MAX) throw new CelError("overflow");
  return n;
}
function uint(n: bigint): Uint {
  if (n < 0n || n > UINT_MAX) throw new CelError("overflow");
  return new Uint(n);
}
const SECOND = 1000000000n;
function time(ns: bigint): Time {
  if (ns < -62135596800n * SECOND || ns >= 253402300800n * SECOND) throw new CelError("out of range");
  return new Time(ns);
}
function span(ns: bigint): Span {
  return new Span(int(ns));
}
/** An int, uint or double as a number that compares with the others exactly; undefined: it is none. */
function numeric(v: Cel): bigint | number | undefined {
  return typeof v === "bigint" || typeof v === "number" ? v : v instanceof Uint ? v.value : undefined;
}
function equal(a: Cel, b: Cel): boolean {
  const x = numeric(a), y = numeric(b);
  if (x !== undefined && y !== undefined) return x == y;
  if (a instanceof Time && b instanceof Time) return a.ns === b.ns;
  if (a instanceof Span && b instanceof Span) return a.ns === b.ns;
  if (isCelList(a) && isCelList(b)) return a.length === b.length && a.every((v, i) => equal(v, b[i] as Cel));
  if (a instanceof Map && b instanceof Map) {
    const m = a as ReadonlyMap<string, Cel>, n = b as ReadonlyMap<string, Cel>;
    return m.size === n.size && [...m].every(([k, v]) => n.has(k) && equal(v, n.get(k) as Cel));
  }
  return a === b;
}
/** Undefined: they are not ordered (NaN). */
function order(a: Cel, b: Cel): number | undefined {
  let x: bigint | number | undefined = numeric(a), y: bigint | number | undefined = numeric(b);
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if ((a instanceof Time && b instanceof Time) || (a instanceof Span && b instanceof Span)) x = a.ns, y = b.ns;
  if (x === undefined || y === undefined) throw noOverload();
  return x < y ? -1 : x > y ? 1 : x == y ? 0 : undefined;
}
function truth(v: Cel): boolean {
  if (typeof v !== "boolean") throw noOverload();
  return v;
}
/** The left and the right side of && (absorbing false) and || (absorbing true): either may decide alone. */
function either(absorbing: boolean, left: () => Cel, right: () => Cel): Cel {
  let failed: CelError | undefined;
  for (const side of [left, right]) {
    try {
      if (truth(side()) === absorbing) return absorbing;
    } catch (e) {
      if (!(e instanceof CelError)) throw e;
      failed = failed ?? e;
    }
  }
  if (failed) throw failed;
  return !absorbing;
}
/** What a macro's variable takes: the items of a list, the keys of a map. */
function walked(range: Cel): readonly Cel[] {
  if (isCelList(range)) return range;
  if (range instanceof Map) return [...(range as ReadonlyMap<string, Cel>).keys()];
  throw noOverload();
}
function any(absorbing: boolean, range: Cel, body: (v: Cel) => Cel): Cel {
  let failed: CelError | undefined;
  for (const v of walked(range)) {
    try {
      if (truth(body(v)) === absorbing) return absorbing;
    } catch (e) {
      if (!(e instanceof CelError)) throw e;
      failed = failed ?? e;
    }
  }
  if (failed) throw failed;
  return !absorbing;
}

const cel = {
  add(a: Cel, b: Cel): Cel {
    if (typeof a === "bigint" && typeof b === "bigint") return int(a + b);
    if (typeof a === "number" && typeof b === "number") return a + b;
    if (a instanceof Uint && b instanceof Uint) return uint(a.value + b.value);
    if (typeof a === "string" && typeof b === "string") return a + b;
    if (isCelList(a) && isCelList(b)) return [...a, ...b];
    if (a instanceof Time && b instanceof Span) return time(a.ns + b.ns);
    if (a instanceof Span && b instanceof Time) return time(a.ns + b.ns);
    if (a instanceof Span && b instanceof Span) return span(a.ns + b.ns);
    throw noOverload();
  },
  subtract(a: Cel, b: Cel): Cel {
    if (typeof a === "bigint" && typeof b === "bigint") return int(a - b);
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (a instanceof Uint && b instanceof Uint) return uint(a.value - b.value);
    if (a instanceof Time && b instanceof Span) return time(a.ns - b.ns);
    if (a instanceof Time && b instanceof Time) return span(a.ns - b.ns);
    if (a instanceof Span && b instanceof Span) return span(a.ns - b.ns);
    throw noOverload();
  },
  multiply(a: Cel, b: Cel): Cel {
    if (typeof a === "bigint" && typeof b === "bigint") return int(a * b);
    if (typeof a === "number" && typeof b === "number") return a * b;
    if (a instanceof Uint && b instanceof Uint) return uint(a.value * b.value);
    throw noOverload();
  },
  divide(a: Cel, b: Cel): Cel {
    if (typeof a === "number" && typeof b === "number") return a / b;
    const [x, y, whole] = wholes(a, b);
    return whole(x / y);
  },
  modulo(a: Cel, b: Cel): Cel {
    const [x, y, whole] = wholes(a, b);
    if (y === -1n && x === INT_MIN) throw new CelError("overflow");
    return whole(x % y);
  },
  negate(a: Cel): Cel {
    if (typeof a === "bigint") return int(-a);
    if (typeof a === "number") return -a;
    throw noOverload();
  },
  not: (a: Cel): Cel => !truth(a),
  and: (a: () => Cel, b: () => Cel): Cel => either(false, a, b),
  or: (a: () => Cel, b: () => Cel): Cel => either(true, a, b),
  if: (c: Cel, yes: () => Cel, no: () => Cel): Cel => (truth(c) ? yes() : no()),
  eq: (a: Cel, b: Cel): Cel => equal(a, b),
  ne: (a: Cel, b: Cel): Cel => !equal(a, b),
  lt: (a: Cel, b: Cel): Cel => (order(a, b) ?? 1) < 0,
  le: (a: Cel, b: Cel): Cel => (order(a, b) ?? 1) <= 0,
  gt: (a: Cel, b: Cel): Cel => (order(a, b) ?? -1) > 0,
  ge: (a: Cel, b: Cel): Cel => (order(a, b) ?? -1) >= 0,
  in(a: Cel, b: Cel): Cel {
    if (isCelList(b)) return b.some((v) => equal(a, v));
    if (!(b instanceof Map)) throw noOverload();
    return typeof a === "string" && (b as ReadonlyMap<string, Cel>).has(a);
  },
  select(a: Cel, name: string): Cel {
    const v = a instanceof Map ? (a as ReadonlyMap<string, Cel>).get(name) : undefined;
    if (v === undefined) throw new CelError("no such key");
    return v;
  },
  has(a: Cel, name: string): Cel {
    if (!(a instanceof Map)) throw noOverload();
    return (a as ReadonlyMap<string, Cel>).has(name);
  },
  index(a: Cel, key: Cel): Cel {
    if (isCelList(a)) {
      const n = numeric(key), v = n === undefined ? undefined : a[Number(n)];
      if (v === undefined) throw new CelError("no such index");
      return v;
    }
    return cel.select(a, typeof key === "string" ? key : (() => { throw new CelError("no such key"); })());
  },
  map(members: readonly [string, Cel][]): Cel {
    const out = new Map<string, Cel>();
    for (const [k, v] of members) {
      if (out.has(k)) throw new CelError("the same key twice");
      out.set(k, v);
    }
    return out;
  },
  all: (range: Cel, body: (v: Cel) => Cel): Cel => any(false, range, body),
  exists: (range: Cel, body: (v: Cel) => Cel): Cel => any(true, range, body),
  one: (range: Cel, body: (v: Cel) => Cel): Cel => walked(range).filter((v) => truth(body(v))).length === 1,
  filter: (range: Cel, body: (v: Cel) => Cel): Cel => walked(range).filter((v) => truth(body(v))),
  collect(range: Cel, body: (v: Cel) => Cel, keep?: (v: Cel) => Cel): Cel {
    const out: Cel[] = [];
    for (const v of walked(range)) if (!keep || truth(keep(v))) out.push(body(v));
    return out;
  },
  size(a: Cel): Cel {
    if (typeof a === "string") return BigInt([...a].length);
    if (isCelList(a)) return BigInt(a.length);
    if (a instanceof Map) return BigInt(a.size);
    throw noOverload();
  },
  contains: (a: Cel, b: Cel): Cel => text(a).includes(text(b)),
  startsWith: (a: Cel, b: Cel): Cel => text(a).startsWith(text(b)),
  endsWith: (a: Cel, b: Cel): Cel => text(a).endsWith(text(b)),
  lowerAscii: (a: Cel): Cel => text(a).replace(/[A-Z]/g, (c) => c.toLowerCase()),
  upperAscii: (a: Cel): Cel => text(a).replace(/[a-z]/g, (c) => c.toUpperCase()),
  int(a: Cel): Cel {
    if (typeof a === "bigint") return a;
    if (a instanceof Uint) return int(a.value);
    if (a instanceof Time) return seconds(a.ns);
    if (typeof a !== "number") throw noOverload();
    if (!(a > -9223372036854775808 && a < 9223372036854775808)) throw new CelError("out of range");
    return BigInt(Math.trunc(a));
  },
  double(a: Cel): Cel {
    const n = numeric(a);
    if (n === undefined) throw noOverload();
    return Number(n);
  },
  string(a: Cel): Cel {
    if (typeof a === "string") return a;
    if (typeof a === "bigint" || typeof a === "boolean") return String(a);
    if (a instanceof Uint) return a.value.toString();
    if (a instanceof Time) return writeTime(a.ns);
    throw noOverload();
  },
  timestamp(a: Cel): Cel {
    return a instanceof Time ? a : readTime(text(a));
  },
};
function wholes(a: Cel, b: Cel): [bigint, bigint, (n: bigint) => Cel] {
  const ints = typeof a === "bigint" && typeof b === "bigint";
  if (!ints && !(a instanceof Uint && b instanceof Uint)) throw noOverload();
  const x = numeric(a) as bigint, y = numeric(b) as bigint;
  if (y === 0n) throw new CelError("division by zero");
  return [x, y, ints ? int : uint];
}
function text(v: Cel): string {
  if (typeof v !== "string") throw noOverload();
  return v;
}
function seconds(ns: bigint): bigint {
  const s = ns / SECOND;
  return ns % SECOND < 0n ? s - 1n : s;
}
function writeTime(ns: bigint): string {
  const s = seconds(ns), rest = ns - s * SECOND, d = new Date(Number(s) * 1000);
  const pad = (n: number, width: number): string => String(n).padStart(width, "0");
  const fraction = rest === 0n ? "" : "." + rest.toString().padStart(9, "0").replace(/0+$/, "");
  return `${pad(d.getUTCFullYear(), 4)}-${pad(d.getUTCMonth() + 1, 2)}-${pad(d.getUTCDate(), 2)}T` +
    `${pad(d.getUTCHours(), 2)}:${pad(d.getUTCMinutes(), 2)}:${pad(d.getUTCSeconds(), 2)}${fraction}Z`;
}
function readTime(s: string): Time {
  const m = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([-+])(\d\d):(\d\d))$/.exec(s);
  if (!m) throw new CelError("no timestamp");
  const n = (i: number): number => Number(m[i] ?? "0");
  const d = new Date(0);
  d.setUTCFullYear(n(1), n(2) - 1, n(3));
  const real = d.getUTCMonth() === n(2) - 1 && d.getUTCDate() === n(3);
  if (!real || n(4) > 23 || n(5) > 59 || n(6) > 59 || n(9) > 23 || n(10) > 59) throw new CelError("no timestamp");
  const offset = (m[8] === "-" ? -1 : 1) * (n(9) * 3600 + n(10) * 60);
  const whole = BigInt(d.getTime() / 1000 + n(4) * 3600 + n(5) * 60 + n(6) - offset);
  return time(whole * SECOND + BigInt((m[7] ?? "").padEnd(9, "0")));
}
)ts";

}  // namespace tk::record::detail
