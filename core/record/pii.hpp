// Personal data in records (issue 5). A field that its definition marks as `pii` never holds clear text: its value is
// sealed under the key of the subject whose data it is, at the very front of the write path, so that law, guards,
// refusals, parked items and the journal only ever see the mark
//   pii:v1:<subject's id>:<base64url of the sealed bytes>
// A value is bound to its place (type, field and record): moved elsewhere it does not open. Sealing is
// deterministic, so that idempotency keys and the bindings of approvals still compare.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::record {

struct Change;
struct Definition;
struct Record;

struct Sealed {
  std::string subject;  // an id
  std::string bytes;
};
// Empty when the text is no such mark, in its one spelling.
std::optional<Sealed> read_sealed(std::string_view text);
std::string write_sealed(std::string_view subject, std::string_view bytes);
std::string sealed_place(std::string_view type, std::string_view field, std::string_view id);

// Has the keys of subjects; acl implements it.
class Sealer {
 public:
  virtual ~Sealer() = default;
  // The id of a subject that is named by an id or by an entity's reference.
  virtual Result<std::string> subject_of(const std::string& named) = 0;
  // The mark. The key is made where the subject has none; pii_erased where it never gets one again.
  virtual Result<std::string> seal(const Change& by, const std::string& subject, const std::string& place,
                                   const std::string& text) = 0;
  // Whether it was sealed for that place: pii_field, or pii_erased where nobody can tell any more.
  virtual Result<void> check(const std::string& place, const Sealed& sealed) = 0;
};

// Seals what is personal in `input` of a change of `record`; what is sealed already for the same place stays. On an
// error nothing of the input may be kept. Without a sealer nothing personal is taken.
Result<void> seal_personal(Sealer* sealer, const Definition& definition, const Record& record, const Change& by,
                           Value::Map& input);
// A migration must not make a field personal whose value stands in clear already.
Result<void> check_migration(const Definition& to, const Record& record);
// Of a new record with personal fields and an idempotency key: the same key must seal for the same place.
std::string id_of_new(const Definition& definition, const Change& change);

}  // namespace tk::record
