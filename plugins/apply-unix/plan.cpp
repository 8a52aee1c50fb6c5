#include "plugins/apply-unix/plan.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include "core/provision/places.hpp"
#include "plugins/apply-unix/acl.hpp"

namespace tk::apply_unix {
namespace {

[[noreturn]] void bad(std::size_t line, const std::string& why) {
  throw Failure{kInvalid, "the plan is not valid: line " + std::to_string(line) + ": " + why};
}

int digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A field as it is meant: nearly always as it stands there.
std::string_view decode(std::string_view field, std::size_t line, std::deque<std::string>& decoded) {
  if (field.size() > kMaxField) bad(line, "a field is too long");
  bool plain = true;
  for (unsigned char c : field) {
    if (c < 0x20 || c == 0x7f) bad(line, "a control byte");
    plain = plain && c != '%';
  }
  if (plain) return field;
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '%') {
      out += field[i];
      continue;
    }
    int high = i + 2 < field.size() ? digit(field[i + 1]) : -1, low = high >= 0 ? digit(field[i + 2]) : -1;
    if (low < 0) bad(line, "% without two digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded.emplace_back(std::move(out));
}

void fields_of(std::string_view line, std::size_t number, std::deque<std::string>& decoded, std::vector<std::string_view>& out) {
  out.clear();
  for (;;) {
    auto tab = line.find('\t');
    out.push_back(decode(line.substr(0, tab), number, decoded));
    if (tab == line.npos) return;
    line.remove_prefix(tab + 1);
  }
}

// An absolute path of plain names.
bool plain_path(std::string_view path) {
  if (path.size() < 2 || path.size() > 4096 || path[0] != '/' || path.find('\0') != path.npos) return false;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto name = path.substr(0, path.find('/'));
    if (name.empty() || name == "." || name == ".." || name.size() > 255) return false;
    path.remove_prefix(name.size());
  }
  return true;
}

// "+" and "-" before a name are NIS, "#" a comment.
bool plain_name(std::string_view name) {
  auto bad = [](unsigned char c) { return c <= 0x20 || c == 0x7f || c == ':' || c == '/' || c == ','; };
  return !name.empty() && name.size() <= 255 && std::none_of(name.begin(), name.end(), bad) && std::string_view("+-#").find(name[0]) == name.npos;
}

constexpr std::string_view kKeys = "/.ssh/authorized_keys";

bool plain_row(std::string_view row) {
  auto colon = row.find(':');
  return colon != row.npos && plain_name(row.substr(0, colon)) && row.find_first_of(std::string_view("\n\0", 2)) == row.npos;
}

struct File {
  std::string_view name;
  std::ptrdiff_t fields;
};
constexpr File kFiles[] = {{"passwd", 7}, {"group", 4}, {"shadow", 9}, {"gshadow", 4}, {"subuid", 3}, {"subgid", 3}};

// What a row becomes: whole, nobody of the system who was not there, and nobody without a password field.
void check_row(const Op& op, const File& file, std::size_t line) {
  auto database = op.at(0), before = op.at(2), after = op.at(3);
  if (after == "-") return;
  bool numbers = database == "passwd" || database == "group";
  auto fields = [](std::string_view row) { return std::count(row.begin(), row.end(), ':') + 1; };
  if (fields(after) != file.fields && (numbers || fields(after) != fields(before))) bad(line, "not a row of " + std::string(database));
  if (row_field(after, 1).empty() && (before == "-" || !row_field(before, 1).empty())) bad(line, "no password field");
  if (!numbers || row_field(after, 2) == row_field(before, 2)) return;
  if (!provision::of_people(read_id(row_field(after, 2)))) bad(line, "an id of the system");
  if (database == "passwd" && !provision::of_people(read_id(row_field(after, 3)))) bad(line, "a group of the system");
}

// sudoers.d/tk-UID, and the keys of a home: nothing else is written whole.
void check_file(const Op& op, std::size_t line) {
  std::string_view path = op.at(0), sudo = "/etc/sudoers.d/tk-";
  auto mode = read_id(op.at(3), 8);
  if (mode > 0777) bad(line, "a file with a mode beyond 0777");
  if (path.starts_with(sudo) && path.size() > sudo.size() && path.find_first_not_of("0123456789", sudo.size()) == path.npos) return;
  if (!in_home(op) || provision::no_place_for_a_home(path.substr(0, path.size() - kKeys.size()))) bad(line, "no file that a plan writes");
}

void check_op(const Op& op, std::size_t line) {
  using Kind = Op::Kind;
  auto number = [&](std::size_t i, int base = 10) { static_cast<void>(read_id(op.at(i), base)); };
  if (op.kind == Kind::row) {
    const auto* file = std::find_if(std::begin(kFiles), std::end(kFiles), [&](const File& f) { return f.name == op.at(0); });
    if (file == std::end(kFiles)) bad(line, "no database is called " + std::string(op.at(0)));
    auto name = op.at(1);
    if (!plain_name(name)) bad(line, "not a name");
    for (auto i : {2U, 3U})
      if (op.at(i) != "-" && !plain_row(op.at(i))) bad(line, "not a row");
    bool renames = op.at(2) != "-" && op.at(3) != "-";
    for (auto i : {2U, 3U})
      if (op.at(i) != "-" && !(i == 3 && renames) && op.at(i).substr(0, op.at(i).find(':')) != name) bad(line, "not a row of " + std::string(name));
    return check_row(op, *file, line);
  }
  if (!plain_path(op.at(0))) bad(line, "not a plain path");
  bool of_home = op.kind == Kind::home || op.kind == Kind::attic || op.kind == Kind::move;
  if (of_home && provision::no_place_for_a_home(op.at(0))) bad(line, "no place for a home");
  if (op.kind == Kind::dir && provision::folder_of_the_system(op.at(0))) bad(line, "a folder of the system");
  if (op.kind == Kind::file) check_file(op, line), number(4), number(5);
  if (op.kind == Kind::home) number(1), number(2), number(3, 8);
  if (op.kind == Kind::attic) number(1);
  if (op.kind == Kind::move) {
    if (!plain_path(op.at(1)) || provision::no_place_for_a_home(op.at(1))) bad(line, "no place for a home");
    number(2);
  }
  for (auto i : {1U, 2U})
    if (op.kind == Kind::dir && op.at(i) != "-") check_directory(std::string(op.at(i)), std::string(op.at(0)));
}

}  // namespace

Plan read_plan(std::string text) {
  Plan plan;
  plan.text = std::move(text);
  if (plan.text.size() > kMaxPlan) bad(1, "it is too long");
  struct Shape {
    std::string_view word;
    Op::Kind kind;
    std::size_t fields;
  };
  static constexpr Shape kShapes[] = {{"row", Op::Kind::row, 5},   {"home", Op::Kind::home, 5}, {"attic", Op::Kind::attic, 2},
                                      {"file", Op::Kind::file, 6}, {"dir", Op::Kind::dir, 3},   {"move", Op::Kind::move, 3}};
  static const std::set<std::string_view> kWords = {"commit", "target", "by", "made", "note", "ids", "guard", "undo"};
  std::string_view rest = plan.text;
  std::vector<std::string_view> fields;
  plan.ops.reserve(std::min(kMaxOps, static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'))));
  for (std::size_t line = 1; !rest.empty(); ++line) {
    auto end = rest.find('\n');
    if (end == rest.npos) bad(line, "it was cut");
    fields_of(rest.substr(0, end), line, plan.decoded, fields);
    auto word = fields.front();
    if (line == 1 && (word != "tk-plan" || fields.size() != 2 || fields[1] != "1")) bad(line, "not a plan of format 1");
    if (word == "sign") {
      if (fields.size() != 3 || end + 1 != rest.size()) bad(line, "the signature is the last line");
      plan.signed_size = static_cast<std::size_t>(rest.data() - plan.text.data());
      plan.key = fields[1];
      plan.signature = fields[2];
      break;
    }
    rest.remove_prefix(end + 1);
    if (word == "id") plan.id = fields.size() == 2 ? fields[1] : "";
    const Shape* shape = nullptr;
    for (const auto& s : kShapes)
      if (s.word == word) shape = &s;
    if (!shape && line > 1 && word != "id" && !kWords.contains(word)) bad(line, "unknown operation " + std::string(word.substr(0, 40)));
    if (!shape) continue;
    if (fields.size() != shape->fields + 1) bad(line, std::string(word) + " has " + std::to_string(shape->fields) + " fields");
    if (plan.ops.size() == kMaxOps) bad(line, "too many operations");
    auto& op = plan.ops.emplace_back(Op{shape->kind, {}});
    std::copy(fields.begin() + 1, fields.end(), op.fields.begin());
    check_op(op, line);
  }
  if (plan.signature.empty()) throw Failure{kBroken, "the plan is not signed"};
  if (plan.id.size() != 36 || plan.id.find_first_not_of("0123456789abcdef-") != plan.id.npos) bad(2, "no id");
  return plan;
}

std::string_view row_field(std::string_view row, std::size_t i) {
  for (; i > 0 && !row.empty(); --i) row.remove_prefix(std::min(row.find(':'), row.size() - 1) + 1);
  return row.substr(0, row.find(':'));
}

bool in_home(const Op& file) {
  return file.kind == Op::Kind::file && std::string_view(file.at(0)).ends_with(kKeys);
}

void check_signature(const Plan& plan, const std::vector<std::string>& trusted) {
  bool known = false;
  for (const auto& key : trusted) known = known || key == plan.key;
  if (!known) throw Failure{kBroken, "nobody whose plans are carried out here signed the plan"};
  auto key = from_base64(plan.key, "key"), signature = from_base64(plan.signature, "signature");
  if (key.size() != 32 || signature.size() != 64) throw Failure{kBroken, "the signature of the plan is cut"};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(key.data()), key.size()), EVP_PKEY_free);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  bool good = pkey && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
              EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                               reinterpret_cast<const unsigned char*>(plan.text.data()), plan.signed_size) == 1;
  if (!good) throw Failure{kBroken, "the signature of the plan does not fit: it was changed"};
}

std::string from_base64(std::string_view text, std::string_view what) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  if (text.size() % 4 != 0) throw Failure{kInvalid, std::string(what) + " is no base64"};
  int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                          static_cast<int>(text.size()));
  if (n < 0) throw Failure{kInvalid, std::string(what) + " is no base64"};
  auto padding = text.ends_with("==") ? 2U : text.ends_with("=") ? 1U : 0U;
  out.resize(static_cast<std::size_t>(n) - padding);
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[32];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) throw Failure{kFailed, "no SHA-256"};
  std::string out;
  for (auto byte : digest) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::uint32_t read_id(std::string_view text, int base) {
  std::uint32_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc() || end != text.data() + text.size() || out == UINT32_MAX)
    throw Failure{kInvalid, "the plan is not valid: not a number: " + std::string(text.substr(0, 40))};
  return out;
}

}  // namespace tk::apply_unix
