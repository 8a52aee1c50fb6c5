// The keys of subjects: those whose personal data is sealed. One file each, .tk/keys/subjects/<id>, outside of
// database, git and exports. That there is a key, and that it was destroyed, are rows of the subject's record
// (type `subject`): after an erasure no key is ever made for it again, and a key that is missing without one is
// pii_key. The row of an erasure is on disk before the key goes; who dies between leaves an outbox entry, and the
// next tk that opens the workspace to write destroys the key.
#pragma once

#include <optional>
#include <string>

#include "core/law/index.hpp"
#include "core/record/store.hpp"

namespace tk::acl {

// What was sealed for a place, in clear. os_not_found without the key; pii_field when it was moved or changed. For
// who has no journal at hand.
Result<std::string> open_sealed(const std::string& keys, const std::string& place, const record::Sealed& sealed);

class Subjects : public record::Sealer {
 public:
  // `keys`: .tk/keys/subjects. Store and index must outlive it.
  Subjects(std::string keys, record::Store& store, const law::Index& index)
      : keys_(std::move(keys)), store_(store), index_(index) {}

  Result<std::string> subject_of(const std::string& named) override;
  Result<std::string> seal(const record::Change& by, const std::string& subject, const std::string& place,
                           const std::string& text) override;
  Result<void> check(const std::string& place, const record::Sealed& sealed) override;
  // In clear; pii_erased, pii_key, pii_field.
  Result<std::string> open(const std::string& place, const record::Sealed& sealed);

  Result<std::optional<record::Record>> find(const std::string& subject);
  // Its record; made, with its key, where there is none. Law is not asked: tk owes it to what is sealed.
  Result<record::Record> known(const std::string& subject, const record::Actor& by, const trace::Context& trace,
                               const std::string& context);
  // Where law looks for rules about it.
  Result<law::Ref> resource(const std::string& subject, const std::string& otherwise = {});

  // Asks law, journals, then destroys the key. False: it was erased before.
  Result<bool> erase(const record::Actor& by, const trace::Context& trace, const std::string& subject,
                     const std::string& reason);
  // Destroys the keys whose erasure is journaled and was not lived to see.
  Result<void> recover();

 private:
  Result<std::string> key(const std::string& subject);
  Result<void> destroy(const std::string& subject);
  Result<bool> erase_once(const record::Actor& by, const trace::Context& trace, const record::Record& record,
                          const std::string& reason);

  std::string keys_;
  record::Store& store_;
  const law::Index& index_;
};

}  // namespace tk::acl
