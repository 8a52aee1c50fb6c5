#include "core/vault/manifest.hpp"

#include <doctest/doctest.h>

#include <set>

#include "core/base/base64.hpp"
#include "core/crypto/ed25519.hpp"

using namespace tk;
using namespace tk::vault;

namespace {

Declared secret(const std::string& name, std::int64_t version, const std::string& value) {
  return {{"secret:w/" + name, "id-" + name, version},
          {{"value", value}, {"mode", "on"}, {"labels", "not signed"}}};
}

void sign(Manifest& m, const crypto::SigningKey& key) {
  auto point = key.public_key();
  auto signature = key.sign(m.body());
  m.signer = base64::encode({reinterpret_cast<const char*>(point.data()), point.size()});
  m.signature = base64::encode({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

Manifest of(const std::vector<Declared>& all, const std::vector<age::Recipient>& to) {
  Manifest out;
  for (const auto& one : to) out.recipients.emplace(one.text(), "");
  for (const auto& one : all) out.put(one.place, digest_of(one), to, false);
  return out;
}

}  // namespace

TEST_CASE(
    "manifest: a swap, a rollback, a lost one, one more, another recipient, another mode and an "
    "edit are each told") {
  auto mine = age::Identity::generate(), other = age::Identity::generate();
  std::vector<age::Recipient> to{mine.recipient()};
  auto key = crypto::SigningKey::generate();
  std::vector<Declared> all{secret("a", 1, "va"), secret("b", 1, "vb"), secret("c", 1, "vc")};
  auto m = of(all, to);
  sign(m, key);
  auto text = m.text();
  auto back = Manifest::read(text);
  REQUIRE(back.has_value());
  CHECK(back->is_signed());
  CHECK(back->text() == text);
  auto claim = Manifest::claim(text);
  REQUIRE(claim);
  CHECK(claim->generation == m.generation);
  CHECK(claim->signer == m.signer);
  CHECK(!Manifest::claim(text.substr(0, text.rfind("signed "))));
  CHECK(!Manifest::claim("tk-vault 1\ngeneration many\nsigned A B\n"));
  std::set<std::string> whom{mine.recipient().text()};
  auto told = [&](const std::vector<Declared>& now, const std::set<std::string>& recipients) {
    return differences(*back, now, recipients).size();
  };
  CHECK(told(all, whom) == 0);
  auto swapped = all;
  std::swap(swapped[0].attributes, swapped[1].attributes);
  CHECK(told(swapped, whom) == 2);
  auto older = all;
  older[1].place.version = 0;
  CHECK(told(older, whom) == 1);
  auto freed = all;
  freed[2].attributes["mode"] = "borrow";
  CHECK(told(freed, whom) == 1);
  auto labelled = all;
  labelled[2].attributes["labels"] = "x";
  CHECK(told(labelled, whom) == 0);
  CHECK(told({all[0], all[1]}, whom) == 1);
  auto more = all;
  more.push_back(secret("d", 1, "x"));
  CHECK(told(more, whom) == 1);
  CHECK(told(all, {mine.recipient().text(), other.recipient().text()}) == 1);
  CHECK(told(all, {}) == 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto edited = text;
    edited[i] = static_cast<char>(edited[i] ^ 1);
    auto read = Manifest::read(edited);
    CHECK((!read || !read->is_signed()));
  }
}

TEST_CASE("manifest: as it is laid beside the law, with the newest generation of each signer") {
  for (std::optional<std::string> manifest : {std::optional<std::string>(), std::optional<std::string>("tk-vault 1\n\nx\n")}) {
    Laid laid{"c0ffee", manifest ? "b10b" : "", {{"A=", {7, {"f00d"}}}, {"B=", {9000000000, {"fade", "feed"}}}}, manifest};
    auto read = Laid::read(laid.text());
    REQUIRE(read);
    CHECK(read->commit == "c0ffee");
    CHECK(read->blob == laid.blob);
    CHECK(read->newest == laid.newest);
    CHECK(read->manifest == manifest);
  }
  CHECK(!Laid::read(""));
  CHECK(!Laid::read("c0ffee\ntk-vault 1\n\n"));
  CHECK(!Laid::read("c0ffee\nnewest x A= f00d\n\n"));
  CHECK(!Laid::read("c0ffee\nnewest 7 A=\n\n"));
}

TEST_CASE("manifest: a merge brings nobody and nothing back") {
  auto a = age::Identity::generate().recipient(), b = age::Identity::generate().recipient();
  auto base = of({secret("a", 2, "va")}, {a});
  base.former.insert(b.text());
  auto theirs = of({secret("a", 1, "older")}, {a, b});
  auto m = merge(base, base, theirs);
  CHECK(m.conflicts == std::vector<std::string>{"recipient " + b.text(), "secret:w/a"});
  base.signer = base.signature = "-";
  base.generation = (std::int64_t{1} << 53) - 1;
  CHECK(Manifest::read(base.text()));
  ++base.generation;
  CHECK(!Manifest::read(base.text()));
}

TEST_CASE("manifest: a merge conflicts only where both sides set the same secret") {
  auto a = age::Identity::generate().recipient(), b = age::Identity::generate().recipient();
  std::vector<Declared> all{secret("a", 1, "va"), secret("b", 1, "vb"), secret("c", 1, "vc"),
                            secret("d", 1, "vd")};
  auto base = of(all, {a}), ours = base, theirs = base;
  std::vector<age::Recipient> both{a, b};
  auto set = [&](Manifest& m, const Declared& one, bool same, std::vector<age::Recipient> to) {
    m.put(one.place, digest_of(one), to, same);
  };
  set(ours, secret("a", 2, "ours"), false, {a});
  set(theirs, secret("b", 2, "theirs"), false, {a});
  theirs.secrets.erase("secret:w/d");
  set(ours, secret("new", 1, "n"), false, {a});
  theirs.recipients.emplace(b.text(), "");
  set(theirs, secret("a", 1, "sealed anew"), true, both);
  set(theirs, secret("c", 1, "sealed anew too"), true, both);
  set(ours, secret("c", 1, "sealed anew by us"), true, {a});
  auto m = merge(base, ours, theirs);
  CHECK(m.conflicts.empty());
  const auto& out = m.manifest;
  CHECK(out.secrets.at("secret:w/a").version == 2);  // who set it, not who sealed it anew
  CHECK(out.secrets.at("secret:w/a").readers.size() == 1);
  CHECK(out.secrets.at("secret:w/b") == theirs.secrets.at("secret:w/b"));
  CHECK(out.secrets.at("secret:w/c").sha256 == ours.secrets.at("secret:w/c").sha256);
  CHECK(out.secrets.at("secret:w/c").readers.size() ==
        2);  // whoever could open it is not forgotten
  CHECK(!out.secrets.contains("secret:w/d"));
  CHECK(out.secrets.contains("secret:w/new"));
  CHECK(out.recipients.size() == 2);
  set(theirs, secret("a", 2, "theirs"), false, {a});
  CHECK(merge(base, ours, theirs).conflicts == std::vector<std::string>{"secret:w/a"});
  theirs.secrets.erase("secret:w/a");
  CHECK(merge(base, ours, theirs).conflicts == std::vector<std::string>{"secret:w/a"});
}
