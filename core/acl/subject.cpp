#include "core/acl/subject.hpp"

#include <algorithm>

#include "core/acl/keyfile.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/seal.hpp"
#include "core/os/fault.hpp"
#include "core/os/file.hpp"
#include "core/os/shred.hpp"
#include "core/record/named_id.hpp"

namespace tk::acl {
namespace {

constexpr const char* kDestroy = "subject.destroy";  // topic of the outbox; the body is the subject's id

// Bytes that are wiped when they are no longer needed.
struct Key {
  crypto::SealKey bytes{};
  explicit Key(std::string& from) {
    std::copy(from.begin(), from.end(), bytes.begin());
    crypto::wipe(from.data(), from.size());
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { crypto::wipe(bytes.data(), bytes.size()); }
};

std::string id_of(const std::string& subject) { return record::named_id("tk-subject " + subject); }

tl::unexpected<Error> erased(const record::Record& r) {
  return fail(Code::pii_erased, "subject " + r.name + " was erased at " + clock::rfc3339(r.updated_ns),
              "what was sealed for it is gone for good, and nothing new is taken");
}

}  // namespace

Result<std::string> open_sealed(const std::string& keys, const std::string& place, const record::Sealed& sealed) {
  TK_TRY(auto bytes, read_key(keys, sealed.subject, sizeof(crypto::SealKey)));
  Key key(bytes);
  if (auto clear = crypto::unseal(key.bytes, place, sealed.bytes)) return std::move(*clear);
  return fail(Code::pii_field, "what is sealed does not open as " + place.substr(0, place.rfind('/')) + ": it was moved or changed",
              "give the value again in clear; tk seals it for its place");
}

Result<std::string> Subjects::subject_of(const std::string& named) {
  if (ids::is_uuid(named)) return named;
  auto ref = law::parse_ref(named);
  if (!ref) return fail(Code::pii_field, "no subject: " + named, "name it by its id or its reference, such as user:alice");
  TK_TRY(auto entity, index_.find(*ref));
  if (!entity.id.empty()) return std::string(entity.id);
  TK_TRY(auto record, store_.of_entity({std::string(entity.type), std::string(entity.context), std::string(entity.name)}));
  if (record) return record->id;
  return fail(Code::pii_field, entity.str() + " has no id yet, which its key is kept by",
              "add id=\"" + ids::uuid7() + "\" to its element in " + std::string(entity.file) + " and commit that");
}

Result<std::optional<record::Record>> Subjects::find(const std::string& subject) {
  auto found = store_.get(id_of(subject));
  if (found) return std::optional<record::Record>(std::move(*found));
  if (found.error().code != Code::record_unknown) return fail(found.error());
  return std::optional<record::Record>();
}

Result<law::Ref> Subjects::resource(const std::string& subject, const std::string& otherwise) {
  TK_TRY(auto known, find(subject));
  if (known) return known->resource();
  for (const auto& e : index_.entities(""))
    if (e.id == subject) return law::Ref{"subject", std::string(e.context), subject};
  auto record = store_.get(subject);
  if (!record && record.error().code != Code::record_unknown) return fail(record.error());
  return law::Ref{"subject", record ? record->context : otherwise, subject};
}

// The bytes of a key that must be there.
Result<std::string> Subjects::key(const std::string& subject) {
  auto bytes = read_key(keys_, subject, sizeof(crypto::SealKey));
  if (bytes) return bytes;
  auto why = bytes.error().code == Code::os_not_found ? "the key of subject " + subject + " is missing" : bytes.error().message;
  return fail(Code::pii_key, why, "put " + keys_ + "/" + subject + " back from your backup of the keys, or: tk log erase " + subject);
}

Result<record::Record> Subjects::known(const std::string& subject, const record::Actor& by, const trace::Context& trace,
                                       const std::string& context) {
  TK_TRY(auto there, find(subject));
  if (there) return std::move(*there);
  // The key first: a row that tells of a key must not stand without one.
  TK_TRY(auto where, resource(subject, context));
  auto bytes = read_or_make_key(keys_, subject, sizeof(crypto::SealKey));
  if (!bytes) {
    TK_TRY(there, find(subject));
    if (there) return std::move(*there);  // made and destroyed by others meanwhile
    return fail(bytes.error());
  }
  crypto::wipe(bytes->data(), bytes->size());
  record::Change c;
  c.id = id_of(subject);
  c.type = "subject";
  c.context = where.context;
  c.name = subject;
  c.actor = by;
  c.trace = trace;
  c.owed = "personal data";
  auto made = store_.apply(std::move(c));
  if (made) return std::move(made->record);
  if (made.error().code != Code::record_conflict) return fail(made.error());
  TK_TRY(there, find(subject));  // somebody was faster, perhaps with an erasure
  if (!there) return fail(made.error());
  if (there->state == "erased") TK_CHECK(destroy(subject));
  return std::move(*there);
}

Result<std::string> Subjects::seal(const record::Change& by, const std::string& subject, const std::string& place,
                                   const std::string& text) {
  TK_TRY(auto record, known(subject, by.actor, by.trace, by.context));
  if (record.state == "erased") return erased(record);
  TK_TRY(auto bytes, key(subject));
  Key key(bytes);
  return record::write_sealed(subject, crypto::seal(key.bytes, place, text));
}

Result<std::string> Subjects::open(const std::string& place, const record::Sealed& sealed) {
  TK_TRY(auto record, find(sealed.subject));
  if (record && record->state == "erased") return erased(*record);
  if (!record) return fail(Code::pii_field, "nothing was ever sealed for subject " + sealed.subject, "give the value in clear; tk seals it");
  auto clear = open_sealed(keys_, place, sealed);
  if (clear || clear.error().code == Code::pii_field) return clear;
  TK_CHECK(key(sealed.subject));
  return clear;
}

Result<void> Subjects::check(const std::string& place, const record::Sealed& sealed) {
  TK_TRY(auto clear, open(place, sealed));
  crypto::wipe(clear.data(), clear.size());
  return {};
}

Result<bool> Subjects::erase(const record::Actor& by, const trace::Context& trace, const std::string& subject,
                             const std::string& reason) {
  TK_TRY(auto where, resource(subject));
  TK_TRY(auto before, find(subject));
  // Who has no key yet gets one, so that what is erased was there; but not on the word of somebody who may not.
  if (!before) TK_CHECK(store_.ask(by, "subject.erase", where));
  TK_TRY(auto record, known(subject, by, trace, where.context));
  bool now = record.state != "erased";
  if (now) {
    TK_TRY(now, erase_once(by, trace, record, reason));
  }
  if (!now) {
    TK_CHECK(store_.ask(by, "subject.erase", where));
    TK_CHECK(destroy(subject));  // should a backup of the keys have brought it back
  }
  TK_CHECK(recover());
  return now;
}

// False: somebody else was faster.
Result<bool> Subjects::erase_once(const record::Actor& by, const trace::Context& trace, const record::Record& record,
                                  const std::string& reason) {
  constexpr int kTries = 20;  // others may export meanwhile
  for (int n = 1;; ++n) {
    record::Change c;
    c.id = record.id;
    c.event = "erase";
    c.actor = by;
    c.trace = trace;
    c.reason = reason;
    c.effects = [&](std::int64_t, const record::Befores&) { return Result<std::vector<record::Effect>>({{kDestroy, record.name}}); };
    auto done = store_.apply(std::move(c));
    if (done) {
      os::fault("subject.erased");
      return true;
    }
    auto code = done.error().code;
    if (code != Code::record_conflict && code != Code::record_event) return fail(done.error());
    TK_TRY(auto there, store_.get(record.id));
    if (there.state == "erased") return false;
    if (n == kTries) return fail(done.error());
  }
}

Result<void> Subjects::recover() {
  struct Owed {
    std::int64_t seq, n;
    std::string subject;
  };
  std::vector<Owed> all;
  auto& db = store_.journal().db();
  {
    TK_TRY(auto s, db.prepare("SELECT seq, n, body FROM outbox WHERE topic = ? ORDER BY seq, n"));
    s.bind(kDestroy);
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      all.push_back({s.integer(0), s.integer(1), std::string(s.text(2))});
    }
  }
  for (const auto& owed : all) {
    TK_CHECK(store_.journal().settle(owed.seq));
    TK_TRY(auto record, find(owed.subject));
    if (record && record->state == "erased") TK_CHECK(destroy(owed.subject));  // the outbox is in no hash: a row must say so
    os::fault("subject.destroyed");
    TK_TRY(auto transaction, store_.journal().begin());
    {
      TK_TRY(auto s, db.prepare("DELETE FROM outbox WHERE seq = ? AND n = ?"));
      TK_CHECK(s.bind(owed.seq).bind(owed.n).run());
    }
    TK_CHECK(transaction.commit());
  }
  return {};
}

Result<void> Subjects::destroy(const std::string& subject) {
  if (!ids::is_uuid(subject)) return fail(Code::bug, "no subject to destroy the key of: " + subject);
  return os::shred_file(keys_ + "/" + subject);
}

}  // namespace tk::acl
