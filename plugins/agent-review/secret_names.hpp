// Credentials that are known by the name they are given to, or by their randomness alone.
//
// Contract: as find_formats.

#pragma once

#include "secret_formats.hpp"

#include <string_view>
#include <vector>

namespace tk::review {

// What kind of file the text is; decides which shapes of assignment count.
struct SecretPlace {
    bool unquoted = false;  // configuration and shell: values need no quotes
    bool relaxed = false;   // tests, examples, samples: only what is surely random
    bool vectors = false;   // test vectors and the like: randomness alone says nothing
    bool labels = false;    // translations: words are texts
    bool machine = false;   // lock files, maps, minified text: known formats only
};

void find_assigned(const SecretPlace& place, std::string_view text, std::vector<Secret>& out);
void find_random(const SecretPlace& place, std::string_view text, std::vector<Secret>& out);

}  // namespace tk::review
