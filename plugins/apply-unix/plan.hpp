// A plan as the root program reads it: lines of fields with tabs between them, signed as a whole.
//
//   tk-plan TAB 1                               the format
//   id TAB UUID                                 of this plan; names what is put aside
//   …                                           more words about it (commit, target, by, made, note, ids, guard, undo): not for this program
//   row TAB FILE TAB NAME TAB OLD TAB NEW TAB AFTER
//   home TAB PATH TAB UID TAB GID TAB MODE TAB KEYS
//   attic TAB PATH TAB UID
//   file TAB PATH TAB OLD TAB NEW TAB MODE TAB UID TAB GID
//   dir TAB PATH TAB OLD TAB NEW
//   move TAB PATH TAB TO TAB UID                a home goes to another place
//   sign TAB KEY TAB SIGNATURE                  Ed25519 over every byte before this line, both in base64
//
// OLD and NEW of a row are the row itself, "-" for none; a NEW of another name renames it. "=" as a field of a row of
// shadow or gshadow stands for whatever is there, "!=" for that and locked, "?=" for that and not locked, so that no
// password stands in a plan. AFTER is the name of the row that a new one follows, ":" for the first; empty: the end. KEYS is the content of
// .ssh/authorized_keys in base64, "-" for none. OLD of a file is the SHA-256 of its content, NEW the content in base64, "-" for none. OLD and NEW of
// a directory are MODE:UID:GID:ACCESS;DEFAULT, "-" for none. In a field, tab, newline, other control bytes and "%" are written as %XX.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tk::apply_unix {

// What ends the program: with which code, and why. Nothing was changed, unless `committed`.
struct Failure {
  int exit;
  std::string message;
  bool committed = false;
  int error = 0;  // errno
};
inline constexpr int kFailed = 1, kInvalid = 2, kDenied = 3, kStale = 4, kBroken = 8, kAgain = 75;

struct Op {
  enum class Kind { row, home, attic, file, dir, move } kind;
  std::array<std::string_view, 6> fields;  // behind the word that names it, decoded: they stand in the plan
  std::string_view at(std::size_t i) const { return fields[i]; }
  std::string text(std::size_t i) const { return std::string(fields[i]); }
};

// How what it is about stands: as before it, as after it, or as somebody else left it.
enum class State { before, after, other };

struct Plan {
  std::string text, id;
  std::deque<std::string> decoded;  // fields that do not stand in the text as they are meant
  std::vector<Op> ops;
  Plan() = default;
  Plan(Plan&&) = default;  // what is moved keeps its place
  std::size_t signed_size = 0;  // of the bytes that are signed
  std::string key, signature;   // as they stand there
};

inline constexpr std::size_t kMaxPlan = 256u << 20, kMaxField = 1u << 20, kMaxOps = 2'000'000;

Plan read_plan(std::string text);
// Throws unless one of these keys (32 bytes in base64) signed it.
void check_signature(const Plan& plan, const std::vector<std::string>& trusted);

std::string_view row_field(std::string_view row, std::size_t i);
// Whether a file stands in somebody's home, and not in etc.
bool in_home(const Op& file);

std::string from_base64(std::string_view text, std::string_view what);
std::string sha256_hex(std::string_view bytes);
std::uint32_t read_id(std::string_view text, int base = 10);  // a uid, gid or mode

}  // namespace tk::apply_unix
