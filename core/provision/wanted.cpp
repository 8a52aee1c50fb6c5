#include "core/provision/wanted.hpp"

#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/provision/row.hpp"

namespace tk::provision {
namespace {

struct Shape {
  std::string_view word;
  std::size_t fields;
};
// In the order of Kind.
constexpr Shape kShapes[] = {{"account", 6}, {"group", 4}, {"other", 1}, {"row", 3}, {"home", 4}, {"file", 6}, {"dir", 2}};

class Writer {
 public:
  explicit Writer(const Ids& ids) : ids_(ids) {}

  void account(const Account& a) {
    auto id = std::to_string(a.uid);
    line({"account", a.name, a.ref, a.entity, id, a.locked ? "locked" : "active", a.still ? "all" : a.keep ? "delete" : "-"});
    line({"row", "group", a.name, a.name + ":x:" + id + ":"});
    line({"row", "gshadow", a.name, a.name + ":=:=:"});
    // Of an account that was there before tk, how passwords age and which sub ids it has stays as it is.
    bool ours = ids_.in_range(a.uid);
    auto end = std::string(a.locked ? "1" : ours ? "" : "=");
    line({"row", "shadow", a.name,
          a.name +
              (a.locked ? ":!="
               : ours   ? ":?="
                        : ":~") +
              (ours ? ":=:0:99999:7::" : ":=:=:=:=:=:") + end + ":" + (ours ? "" : "=")});
    if (ours) {
      auto range = a.name + ":" + std::to_string(100'000 + std::uint64_t{a.uid % 60'000} * 65'536) + ":65536";
      line({"row", "subuid", a.name, range});
      line({"row", "subgid", a.name, range});
    }
    line({"home", a.home, id, a.keys.empty() ? "-" : crypto::sha256_hex(a.keys), a.keys.empty() ? "-" : base64::encode(a.keys)});
    line({"row", "passwd", a.name, a.name + ":x:" + id + ":" + id + ":" + a.gecos + ":" + a.home + ":" + a.shell});
  }

  void group(const Group& g) {
    std::string members;
    for (const auto& m : g.members) members += (members.empty() ? "" : ",") + m;
    line({"group", g.name, g.ref, g.entity, std::to_string(g.gid)});
    line({"row", "group", g.name, g.name + ":x:" + std::to_string(g.gid) + ":" + members});
    line({"row", "gshadow", g.name, g.name + ":=:=:" + members});
  }

  void sudo(const SudoFile& s) {
    line({"other", s.ref});
    line({"file", "/etc/sudoers.d/" + s.name, crypto::sha256_hex(s.content), base64::encode(s.content), "0440", "0", "0"});
  }

  void folder(const Folder& f) {
    line({"other", f.ref});
    line({"dir", f.path, f.spec});
  }

  std::string take() { return std::move(out_); }

 private:
  void line(std::initializer_list<std::string_view> fields) {
    for (auto field : fields) out_.append(field).push_back('\t');
    out_.back() = '\n';
  }
  const Ids& ids_;
  std::string out_;
};

}  // namespace

Wanted Wanted::of(const Desired& desired, const Ids& ids) {
  Writer w(ids);
  for (const auto& [name, a] : desired.accounts) w.account(a);
  for (const auto& [name, g] : desired.groups) w.group(g);
  for (const auto& [name, s] : desired.sudo) w.sudo(s);
  for (const auto& [path, f] : desired.folders) w.folder(f);
  auto out = read(w.take(), "");
  return out ? std::move(*out) : Wanted();  // what the writer writes can be read
}

bool Wanted::follow(std::string& text, const workspace::Entity& before, const workspace::Entity& after) {
  static constexpr std::string_view kFar[] = {"unix", "home", "uid", "lock", "groups", "ssh-keys"};
  if (!is_account(after.ref.type) || before.ref != after.ref || before.id != after.id || before.state != after.state) return false;
  for (auto name : kFar)
    if (attribute_of(before, name) != attribute_of(after, name)) return false;
  auto gecos = attribute_of(after, "title"), shell = shell_of(after);
  if (!fits_passwd(gecos) || !fits_passwd(shell)) return false;
  auto at = text.find("\t" + after.ref.str() + "\t" + after.id + "\t");
  static constexpr std::string_view kRow = "\nrow\tpasswd\t";  // the last of an account
  if (at != text.npos) at = text.find(kRow, at);
  if (at == text.npos) return false;
  auto end = text.find('\n', at + 1);
  auto fields = fields_of(std::string_view(text).substr(at, end - at));
  if (fields.size() != 7) return false;
  fields[4] = gecos;
  fields[6] = shell;
  text.replace(at, end - at, join_fields(fields));
  return true;
}

std::string_view Wanted::Item::operator[](std::size_t i) const {
  auto rest = fields;
  for (; i > 0; --i) rest.remove_prefix(rest.find('\t') + 1);
  return rest.substr(0, rest.find('\t'));
}

Result<Wanted> Wanted::read(std::string text, const std::string& name, std::size_t begin) {
  Wanted out;
  out.text_ = std::make_shared<const std::string>(std::move(text));
  out.begin_ = begin;
  out.items_.reserve(out.text_->size() / 48);
  int number = 0;
  for (auto rest = out.text(); !rest.empty();) {
    ++number;
    auto end = rest.find('\n');
    auto bad = [&] {
      return fail_at(Code::prv_target, {name, number, 1}, "what was applied last cannot be read", "make a plan and apply it: it is written anew");
    };
    if (end == rest.npos) return bad();
    auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    auto tab = line.find('\t');
    const Shape* shape = nullptr;
    for (const auto& s : kShapes)
      if (s.word == line.substr(0, tab)) shape = &s;
    if (!shape || tab == line.npos) return bad();
    line.remove_prefix(tab + 1);
    if (static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) + 1 != shape->fields) return bad();
    out.items_.push_back({static_cast<Kind>(shape - kShapes), line});
  }
  return out;
}

}  // namespace tk::provision
