#include "core/journal/checkpoint.hpp"

#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"

namespace tk::journal {
namespace {

constexpr std::string_view kDash = "\u2014 ";
constexpr std::size_t kLongest = 64u << 10;
constexpr char kEd25519 = 1;

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string key_bytes(const crypto::PublicKey& key) { return kEd25519 + std::string(text_of(key)); }

template <std::size_t N>
bool take(std::string_view bytes, std::array<std::uint8_t, N>& out) {
  if (bytes.size() != N) return false;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return true;
}

tl::unexpected<Error> no_note(const std::string& why) {
  return fail(Code::journal_checkpoint, "not a checkpoint: " + why, "the form is that of https://c2sp.org/tlog-checkpoint");
}

std::string body(const Checkpoint& c) {
  return c.origin + "\n" + std::to_string(c.size) + "\n" + base64::encode(text_of(c.root)) + "\n";
}

Result<Checkpoint> parse_body(std::string_view body) {
  auto lines = text::split(body, '\n');  // the last is empty: the body ends with a newline
  Checkpoint out;
  if (lines.size() < 4 || lines[0].empty()) return no_note("it has less than three lines");
  out.origin = lines[0];
  auto number = lines[1];
  bool digits = !number.empty() && number.size() <= 18 && number.find_first_not_of("0123456789") == number.npos;
  if (!digits || (number.size() > 1 && number[0] == '0')) return no_note("its size is no number");
  for (char c : number) out.size = out.size * 10 + (c - '0');
  auto root = base64::decode(lines[2]);
  if (!root || !take(*root, out.root)) return no_note("its root is not the base64 of 32 bytes");
  return out;
}

}  // namespace

std::string NoteKey::id() const {
  return std::string(text_of(crypto::sha256(name + "\n" + key_bytes(key))).substr(0, 4));
}

std::string NoteKey::str() const {
  auto four = id();
  return name + "+" + ids::hex({reinterpret_cast<const std::uint8_t*>(four.data()), four.size()}) + "+" +
         base64::encode(key_bytes(key));
}

Result<NoteKey> parse_note_key(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  auto wrong = fail(Code::cli_usage, "not a key: \"" + text::printable(std::string(text.substr(0, 200))) + "\"",
                    "a key is name+id+base64, as `tk log checkpoint --key` prints it");
  auto first = text.find('+'), second = text.find('+', first + 1);
  if (first == text.npos || first == 0 || second == text.npos) return wrong;
  NoteKey out;
  out.name = text.substr(0, first);
  auto bytes = base64::decode(text.substr(second + 1));
  if (!bytes || bytes->empty() || bytes->front() != kEd25519 || !take(std::string_view(*bytes).substr(1), out.key)) return wrong;
  if (out.str() != text) return wrong;
  return out;
}

std::string sign(const Checkpoint& checkpoint, const crypto::SigningKey& key) {
  auto text = body(checkpoint);
  NoteKey name{checkpoint.origin, key.public_key()};
  auto signature = key.sign(text);
  return text + "\n" + std::string(kDash) + name.name + " " + base64::encode(name.id() + std::string(text_of(signature))) + "\n";
}

Result<Checkpoint> open_note(std::string_view note, const std::vector<NoteKey>& keys) {
  if (note.size() > kLongest) return no_note("it is longer than 64 KiB");
  auto blank = note.rfind("\n\n");
  if (blank == note.npos || blank + 2 == note.size() || !note.ends_with('\n')) return no_note("no signature stands below it");
  auto text = note.substr(0, blank + 1);
  bool control = std::any_of(note.begin(), note.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
  if (control || text::invalid_utf8(note) != note.npos) return no_note("it is not plain text");
  TK_TRY(auto out, parse_body(text));
  auto signatures = note.substr(blank + 2);
  signatures.remove_suffix(1);
  bool good = false;
  for (auto line : text::split(signatures, '\n')) {
    if (!line.starts_with(kDash)) return no_note("a line of its signatures is none");
    line.remove_prefix(kDash.size());
    auto space = line.find(' ');
    auto bytes = base64::decode(space == line.npos ? std::string_view() : line.substr(space + 1));
    if (!bytes || bytes->size() < 5) return no_note("a line of its signatures is none");
    for (const auto& key : keys) {
      if (key.name != line.substr(0, space) || bytes->substr(0, 4) != key.id()) continue;
      if (!crypto::VerifyingKey(key.key).verify(text, std::string_view(*bytes).substr(4)))
        return fail(Code::journal_checkpoint, "the checkpoint of " + std::to_string(out.size) + " rows has a wrong signature of " + key.name,
                    "it was changed, or signed with another key");
      good = good || key.name == out.origin;
    }
  }
  if (good) return out;
  return fail(Code::journal_checkpoint, "the checkpoint of " + std::to_string(out.size) + " rows of " + text::printable(out.origin) +
                                            " is not signed by a key that is known here",
              "name the key that it has to be signed with: --key");
}

std::int64_t claimed_size(std::string_view note) {
  auto blank = note.rfind("\n\n");
  auto opened = parse_body(note.substr(0, blank == note.npos ? 0 : blank + 1));
  return opened ? opened->size : 0;
}

Result<std::string> origin_of(Journal& journal) {
  TK_TRY(auto s, journal.db().prepare("SELECT id FROM journal WHERE seq = 1"));
  TK_TRY(bool there, s.step());
  if (!there) return fail(Code::journal_proof, "the journal has no row yet");
  return "tk/" + std::string(s.text(0));
}

namespace {

StoredCheckpoint read(const store::Statement& s) { return {s.integer(0), s.integer(2), std::string(s.text(1))}; }

}  // namespace

Result<std::optional<StoredCheckpoint>> stored_checkpoint(Journal& journal, std::int64_t size) {
  TK_TRY(auto s, journal.db().prepare(size > 0 ? "SELECT size, note, ts_ns FROM checkpoint WHERE size >= ? ORDER BY size LIMIT 1"
                                               : "SELECT size, note, ts_ns FROM checkpoint WHERE size > ? ORDER BY size DESC LIMIT 1"));
  s.bind(size);
  TK_TRY(bool there, s.step());
  return there ? std::optional(read(s)) : std::nullopt;
}

Result<void> each_checkpoint(Journal& journal, const std::function<Result<bool>(const StoredCheckpoint&)>& visit) {
  TK_TRY(auto s, journal.db().prepare("SELECT size, note, ts_ns FROM checkpoint ORDER BY size"));
  for (;;) {
    TK_TRY(bool there, s.step());
    if (!there) return {};
    TK_TRY(bool more, visit(read(s)));
    if (!more) return {};
  }
}

Result<std::string> check_checkpoint(Journal& journal, std::string_view note, const std::vector<NoteKey>& keys) {
  auto opened = open_note(note, keys);
  if (!opened) return opened.error().message;
  auto rows = std::to_string(opened->size);
  TK_TRY(auto head, journal.head());
  if (opened->size > head.seq)
    return "the checkpoint of " + rows + " rows was signed, but the journal has " + std::to_string(head.seq) + ": row " +
           std::to_string(head.seq + 1) + " is missing; the tail was cut, or an old copy was put back";
  if (opened->size == 0) return std::string("a checkpoint of no row says nothing");
  TK_TRY(auto origin, origin_of(journal));
  if (opened->origin != origin) return "the checkpoint of " + rows + " rows is of " + text::printable(opened->origin) + ", not of " + origin;
  TK_TRY(auto root, Tree(journal.db()).root(opened->size));
  if (root == opened->root) return std::string();
  return "the checkpoint of " + rows + " rows has another root than rows 1 to " + rows + " have now: one of them was rewritten";
}

namespace {

// Of one moment: what others write meanwhile moves leaves into tiles.
Result<StoredCheckpoint> next_checkpoint(Journal& journal, std::int64_t size, const crypto::SigningKey& key, const std::string& anchor,
                                         std::vector<NoteKey> keys) {
  TK_TRY(auto moment, journal.snapshot());
  TK_TRY(auto origin, origin_of(journal));
  TK_TRY(auto last, stored_checkpoint(journal));
  keys.push_back({origin, key.public_key()});
  for (const auto& before : {last ? last->note : std::string(), anchor}) {
    if (before.empty()) continue;
    TK_TRY(auto problem, check_checkpoint(journal, before, keys));
    if (!problem.empty())
      return fail(Code::journal_checkpoint, "nothing is signed: " + problem, "keep the file as it is; `tk log verify` looks at the whole");
  }
  if (last && last->size >= size) return *last;
  TK_TRY(auto root, Tree(journal.db()).root(size));
  return StoredCheckpoint{size, 0, sign({origin, size, root}, key)};
}

}  // namespace

Result<StoredCheckpoint> make_checkpoint(Journal& journal, const crypto::SigningKey& key, const std::string& anchor,
                                         std::vector<NoteKey> predecessors) {
  TK_TRY(auto size, journal.durable(true));
  TK_TRY(auto out, next_checkpoint(journal, size, key, anchor, std::move(predecessors)));
  if (out.ts_ns != 0) return out;  // nothing came since
  out.ts_ns = clock::now_ns();
  TK_TRY(auto transaction, journal.begin());
  {
    TK_TRY(auto s, journal.db().prepare("INSERT OR IGNORE INTO checkpoint VALUES (?,?,?)"));
    TK_CHECK(s.bind(out.size).bind(out.note).bind(out.ts_ns).run());
  }
  TK_CHECK(transaction.commit());
  return out;
}

}  // namespace tk::journal
