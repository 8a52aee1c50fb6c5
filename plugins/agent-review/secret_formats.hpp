// Credentials that are known by their form alone.
//
// Contract: find_formats appends what it finds in ascending order of begin; spans may overlap
// those of other passes. One pass over the text; each byte is looked at a bounded number of times.

#pragma once

#include "scan.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tk::review {

struct Secret {
    std::size_t begin = 0;  // the bytes to mask
    std::size_t end = 0;
    std::string rule;
    std::string what;  // "AWS access key"
    Severity severity = Severity::critical;
    int rank = 0;  // of two overlapping secrets, the higher rank names the finding
};

void find_formats(std::string_view text, std::vector<Secret>& out);

}  // namespace tk::review
