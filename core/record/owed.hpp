// What tk itself owes to a record (Change::owed): law is not asked, so the row names no policy, and its rule is one of
// these words instead. The list is closed: the write path takes no other one, and whoever reads the journal can tell a
// row that law let happen from one that follows from it.
#pragma once

#include <algorithm>
#include <string_view>

namespace tk::record {

struct Owed {
  std::string_view word, meaning;
};

inline constexpr Owed kOwed[] = {
    {"72 hours", "an invitation was presented when its time was over"},
    {"adoption", "what was declared by hand gets its record"},
    {"borrow", "the use of a lease is counted"},
    {"borrower", "a borrower gives a lease back"},
    {"compensation", "what could not be carried out is taken back"},
    {"consent", "somebody answers an item that names them"},
    {"expiry", "a lease's time or uses are over"},
    {"failure", "a step or run that broke is ended"},
    {"genesis", "tk init, before there is law"},
    {"invited anew", "an earlier invitation of the same address is withdrawn"},
    {"keys", "a signing key is made when it is first needed"},
    {"lease", "the tokens of a run end with its lease"},
    {"lender", "a lender takes a lease back"},
    {"obligations", "an item of the inbox is opened, met or over"},
    {"outcome", "what a plan of accounts, or the program of a box, came to"},
    {"personal data", "a key for somebody's personal data is made when it is first needed"},
    {"refresh", "a refresh token is turned"},
    {"reuse", "a refresh token came twice: its family is ended"},
    {"standing", "the record of an actor's standing is made"},
};

inline bool is_owed(std::string_view word) {
  return std::any_of(std::begin(kOwed), std::end(kOwed), [&](const auto& o) { return o.word == word; });
}

}  // namespace tk::record
