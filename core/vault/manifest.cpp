#include "core/vault/manifest.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/ed25519.hpp"

namespace tk::vault {
namespace {

constexpr std::string_view kFormat = "tk-vault 1\n", kSignature = "signed ";

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out.empty() ? "-" : out;
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> out;
  if (text != "-")
    for (auto word : text::split(text, ',')) out.emplace(word);
  return out;
}

bool number(std::string_view text, std::int64_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

constexpr std::int64_t kMostGenerations = std::int64_t{1} << 53;

bool take(Manifest& out, std::string_view line) {
  auto words = text::split(line, ' ');
  auto n = words.size();
  if (n == 2 && words[0] == "generation") return number(words[1], out.generation) && out.generation >= 0 && out.generation < kMostGenerations;
  if (n == 3 && words[0] == "recipient")
    return out.recipients.emplace(words[1], words[2] == "-" ? "" : words[2]).second;
  if (n == 2 && words[0] == "former") return out.former.emplace(words[1]).second;
  if (n != 6 || words[0] != "secret") return false;
  Manifest::Entry entry{std::string(words[2]), 0, std::string(words[4]), words_of(words[5])};
  return number(words[3], entry.version) && out.secrets.emplace(words[1], std::move(entry)).second;
}

Value3 value_of(const Manifest& m, const std::string& ref) {
  auto it = m.secrets.find(ref);
  return it == m.secrets.end()
             ? Value3{}
             : Value3{it->second.version, it->second.id + " " + it->second.sha256};
}

// What either side took away is gone, what either added is there. Of who may sign what was changed;
// less, where both changed it.
std::map<std::string, std::string> merged(const std::map<std::string, std::string>& base,
                                          const std::map<std::string, std::string>& ours,
                                          const std::map<std::string, std::string>& theirs) {
  auto out = ours;
  for (const auto& [name, signs] : base)
    if (!theirs.contains(name)) out.erase(name);
  auto signer_in = [](const auto& side, const std::string& name) {
    auto it = side.find(name);
    return it == side.end() ? std::string() : it->second;
  };
  for (const auto& [name, signs] : theirs) {
    if (!base.contains(name)) out.try_emplace(name, signs);
    auto old = signer_in(base, name), mine = signer_in(ours, name);
    if (out.contains(name) && ours.contains(name) && signs != mine)
      out[name] = mine == old ? signs : signs == old ? mine : "";
  }
  return out;
}

}  // namespace

std::string short_name(std::string_view recipient) {
  return std::string(recipient.substr(std::min<std::size_t>(4, recipient.size()), 16));
}

tl::expected<Manifest, std::string> Manifest::read(std::string_view text) {
  auto bad = [](const char* why) { return tl::unexpected<std::string>(why); };
  if (!text.starts_with(kFormat)) return bad("it does not begin with tk-vault 1");
  auto at = text.rfind(kSignature);
  if (at == text.npos || at < kFormat.size() || text[at - 1] != '\n' || !text.ends_with('\n')) return bad("it is not signed");
  Manifest out;
  for (auto line : text::split(text.substr(kFormat.size(), at - kFormat.size()), '\n'))
    if (!line.empty() && !take(out, line)) return bad("a line is none of its lines");
  auto last = text::split(text.substr(at, text.size() - at - 1), ' ');
  if (last.size() != 3) return bad("its signature is none");
  out.signer = last[1], out.signature = last[2];
  if (out.text() != text) return bad("it is spelled in another way than tk does");
  return out;
}

std::optional<Manifest::Claim> Manifest::claim(std::string_view text) {
  constexpr std::string_view kFirst = "generation ";
  auto signed_at = text.rfind(kSignature);
  if (!text.starts_with(kFormat) || signed_at == text.npos) return std::nullopt;
  auto line = text.substr(kFormat.size());
  line = line.substr(0, line.find('\n'));
  auto signer = text.substr(signed_at + kSignature.size());
  Claim out{0, std::string(signer.substr(0, signer.find(' ')))};
  if (!line.starts_with(kFirst) || !number(line.substr(kFirst.size()), out.generation)) return std::nullopt;
  return out;
}

std::string Manifest::body() const {
  std::string out(kFormat);
  auto line = [&](const auto&... words) {
    ((out += words, out += ' '), ...);
    out.back() = '\n';
  };
  out.reserve(256 * (secrets.size() + recipients.size() + former.size() + 1));
  line("generation", std::to_string(generation));
  for (const auto& [recipient, signs] : recipients) line("recipient", recipient, signs.empty() ? "-" : signs);
  for (const auto& recipient : former) line("former", recipient);
  for (const auto& [ref, one] : secrets) line("secret", ref, one.id, std::to_string(one.version), one.sha256, joined(one.readers));
  return out;
}

std::string Manifest::text() const {
  return body() + std::string(kSignature) + signer + " " + signature + "\n";
}

bool Manifest::is_signed() const {
  auto key = base64::decode(signer), bytes = base64::decode(signature);
  crypto::PublicKey point{};
  if (!key || !bytes || key->size() != point.size()) return false;
  std::copy(key->begin(), key->end(), point.begin());
  return crypto::VerifyingKey(point).verify(body(), *bytes);
}

void Manifest::put(const Place& place, std::string sha256, std::span<const age::Recipient> to,
                   bool same) {
  auto& entry = secrets[place.ref];
  if (!same || entry.id != place.id) entry.readers.clear();
  for (const auto& one : to) entry.readers.insert(short_name(one.text()));
  entry.id = place.id;
  entry.version = place.version;
  entry.sha256 = std::move(sha256);
}

std::string digest_of(const Declared& secret) {
  std::string text;
  for (auto name : kSigned)
    if (auto it = secret.attributes.find(std::string(name)); it != secret.attributes.end())
      text +=
          std::string(name) + " " + std::to_string(it->second.size()) + "\n" + it->second + "\n";
  return crypto::sha256_hex(text);
}

std::vector<std::string> signers_of(const Manifest& manifest) {
  std::vector<std::string> out;
  for (const auto& [recipient, signs] : manifest.recipients)
    if (!signs.empty()) out.push_back(signs);
  return out;
}

std::optional<Laid> Laid::read(std::string_view text) {
  Laid out;
  bool first = true;
  while (true) {
    auto end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (std::exchange(first, false)) {
      out.commit = line;
      continue;
    }
    if (line.empty()) break;
    auto words = text::split(line, ' ');
    if (words.size() == 2 && words[0] == "manifest") {
      out.blob = words[1];
      continue;
    }
    std::int64_t generation = 0;
    if (words.size() != 4 || words[0] != "newest" || !number(words[1], generation)) return std::nullopt;
    out.newest[std::string(words[2])] = {generation, words_of(words[3])};
  }
  if (!out.blob.empty()) out.manifest = text;
  return out;
}

std::string Laid::text() const {
  auto out = commit + "\n" + (manifest ? "manifest " + blob + "\n" : "");
  for (const auto& [signer, is] : newest) out += "newest " + std::to_string(is.generation) + " " + signer + " " + joined(is.blobs) + "\n";
  return out + "\n" + manifest.value_or("");
}

std::vector<std::string> differences(const Manifest& manifest, const std::vector<Declared>& all,
                                     const std::set<std::string>& recipients) {
  std::vector<std::string> out;
  for (const auto& one : recipients)
    if (!manifest.recipients.contains(one))
      out.push_back("recipient " + one + " was added, and nobody signed that");
  for (const auto& [one, signs] : manifest.recipients)
    if (!recipients.contains(one))
      out.push_back("recipient " + one + " was taken away, and nobody signed that");
  std::set<std::string> there;
  for (const auto& one : all) {
    there.insert(one.place.ref);
    auto it = manifest.secrets.find(one.place.ref);
    if (it == manifest.secrets.end())
      out.push_back(one.place.ref + " is not in the manifest");
    else if (it->second.id != one.place.id || it->second.version != one.place.version ||
             it->second.sha256 != digest_of(one))
      out.push_back(one.place.ref + " is not what was signed: changed, or of another version");
  }
  for (const auto& [ref, entry] : manifest.secrets)
    if (!there.contains(ref)) out.push_back(ref + " is missing");
  return out;
}

int which(const Value3& base, const Value3& ours, const Value3& theirs) {
  if (ours == theirs || theirs == base) return 1;
  if (ours == base) return 2;
  bool we_set = ours.version != base.version, they_set = theirs.version != base.version;
  if (we_set && they_set) return 0;
  // Who only sealed it anew gives way to who set it.
  return they_set && ours.version == base.version ? 2 : 1;
}

Merged merge(const Manifest& base, const Manifest& ours, const Manifest& theirs) {
  Merged out;
  out.manifest.generation = std::max(ours.generation, theirs.generation) + 1;
  out.manifest.recipients = merged(base.recipients, ours.recipients, theirs.recipients);
  out.manifest.former = ours.former;
  out.manifest.former.insert(theirs.former.begin(), theirs.former.end());
  for (const auto& [one, signs] : out.manifest.recipients) out.manifest.former.erase(one);
  // Who was removed before comes back by somebody's decision, and not by a merge.
  for (const auto& [one, signs] : theirs.recipients)
    if (base.former.contains(one) && !ours.recipients.contains(one)) out.conflicts.push_back("recipient " + one);
  std::set<std::string> refs;
  for (const auto* side : {&ours, &theirs})
    for (const auto& [ref, entry] : side->secrets) refs.insert(ref);
  for (const auto& ref : refs) {
    auto mine = value_of(ours, ref), its = value_of(theirs, ref);
    auto choice = which(value_of(base, ref), mine, its);
    auto was = base.secrets.find(ref);
    // Versions only rise: a side where one fell has put an older value back.
    auto fell = [&](const Manifest& side) {
      auto is = side.secrets.find(ref);
      return was != base.secrets.end() && is != side.secrets.end() && is->second.id == was->second.id && is->second.version < was->second.version;
    };
    if (choice == 0 || fell(ours) || fell(theirs)) {
      out.conflicts.push_back(ref);
      continue;
    }
    const auto& chosen = choice == 1 ? ours : theirs;
    auto it = chosen.secrets.find(ref);
    if (it == chosen.secrets.end()) continue;
    auto& entry = out.manifest.secrets.emplace(ref, it->second).first->second;
    for (const auto* side : {&ours, &theirs})
      if (auto other = side->secrets.find(ref);
          other != side->secrets.end() && other->second.version == entry.version)
        entry.readers.insert(other->second.readers.begin(), other->second.readers.end());
  }
  return out;
}

}  // namespace tk::vault
