// That nothing has changed since a plan came out empty: for every file that it looked at, what the kernel says of it.
// As git's index does it for a working tree; what changed in the last second before it was noted is not noted.
#pragma once

#include <string>

#include "core/provision/observed.hpp"
#include "core/provision/wanted.hpp"

namespace tk::provision {

// `of`: what the plan was made of (a commit). Nothing is noted where something is too young.
Result<void> note_standing(const std::string& file, const std::string& of, const Wanted& wanted, const Observed& observed);
// Whether all of it still is so. False says nothing: a whole plan has to be made.
bool still_stands(const std::string& file, const std::string& of, const std::string& root);

}  // namespace tk::provision
