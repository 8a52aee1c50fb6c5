// The small readers of words: references, patterns, times, durations, trace headers, ids, UTF-8.
#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/law/ref.hpp"
#include "core/trace/trace.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

bool valid(std::string_view s) { return text::invalid_utf8(s) == s.npos; }

void check_utf8(std::string_view s) {
  auto clean = text::to_utf8(s);
  TK_PROMISE(valid(clean) && text::to_utf8(clean) == clean);
  TK_PROMISE(!valid(s) || clean == s);
  auto shown = text::printable(s);
  TK_PROMISE(valid(shown) && text::printable(shown) == shown);
  for (char c : shown) TK_PROMISE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  for (std::size_t n : {0, 1, 3, 8, 80}) {
    auto cut = text::shorten(clean, n);
    TK_PROMISE(valid(cut) && (cut == clean || cut.size() <= n + 3));
  }
}

void check_words(std::string_view s) {
  auto parts = text::split(s, ',');
  std::vector<std::string> words(parts.begin(), parts.end());
  TK_PROMISE(text::join(words, ",") == s);
  auto trimmed = text::trim(s);
  TK_PROMISE(text::trim(trimmed) == trimmed);
  auto p = text::position(s, s.size());
  TK_PROMISE(p.line >= 1 && p.column >= 1);
  auto word = s.substr(0, 40);
  if (words.size() > 8) words.resize(8);
  auto near = text::nearest(word, words);
  if (near.empty()) return;
  TK_PROMISE(std::find(words.begin(), words.end(), near) != words.end());
  TK_PROMISE(text::distance(word, near) <= 2);
}

void check_law(std::string_view s) {
  auto ref = law::parse_ref(s);
  if (ref) {
    TK_PROMISE(ref->str() == s);
    auto again = law::parse_ref(ref->str());
    TK_PROMISE(again && *again == *ref);
    TK_PROMISE(law::matches(s, ref->type, ref->context, ref->name));
    TK_PROMISE(law::matches(ref->type + ":**", ref->type, ref->context, ref->name));
    TK_PROMISE(law::covers(ref->context, ref->context));
  }
  auto space = s.find(' ');
  auto pattern = s.substr(0, space);
  auto good = law::check_pattern(pattern);
  auto other = law::parse_ref(space == s.npos ? std::string_view("cast:a.b.c/d/e") : s.substr(space + 1));
  if (good && other)
    static_cast<void>(law::matches(pattern, other->type, other->context, other->name));
  static_cast<void>(law::action_matches(pattern, "run.start"));
}

void check_times(std::string_view s) {
  if (auto ns = clock::parse_rfc3339(s)) {
    auto written = clock::rfc3339(*ns);
    auto again = clock::parse_rfc3339(written);
    TK_PROMISE(again && *again <= *ns && *ns - *again < 1'000'000);
    TK_PROMISE(clock::rfc3339(*again) == written);
  }
  if (auto ns = clock::parse_duration(s)) {
    TK_PROMISE(*ns >= 0 && s.front() >= '0' && s.front() <= '9');
    TK_PROMISE(clock::parse_duration(std::to_string(*ns) + "ns").value() == *ns);
  }
}

void check_trace(std::string_view s) {
  auto context = trace::from_traceparent(s);
  auto hex = [](std::string_view x, std::size_t n) {
    return x.size() == n && x.find_first_not_of("0123456789abcdef") == x.npos;
  };
  TK_PROMISE(hex(context.trace_id, 32) && hex(context.span_id, 16));
  TK_PROMISE(context.parent_span_id.empty() || hex(context.parent_span_id, 16));
  if (!context.parent_span_id.empty())  // taken over from the header: it must be one
    TK_PROMISE(s.size() >= 55 && hex(s.substr(0, 2), 2) && hex(s.substr(53, 2), 2) &&
               s.substr(3, 32) == context.trace_id);
  auto onward = trace::from_traceparent(trace::traceparent(context));
  TK_PROMISE(onward.trace_id == context.trace_id && onward.parent_span_id == context.span_id);
}

// No system call for each input, and the same bytes for the same input.
void counted(std::span<std::uint8_t> out) {
  static std::uint64_t n = 1;
  for (auto& b : out) b = static_cast<std::uint8_t>((n = n * 6364136223846793005u + 1) >> 56);
}

}  // namespace

TK_FUZZ(words) {
  ids::inject(counted);
  check_utf8(bytes);
  check_words(bytes);
  check_law(bytes);
  check_times(bytes);
  check_trace(bytes);
  auto id = ids::uuid7(), next = ids::uuid7();
  TK_PROMISE(ids::is_uuid(id) && id < next);
  TK_PROMISE(!ids::is_uuid(bytes) || bytes.size() == 36);
  ids::inject(nullptr);
}
