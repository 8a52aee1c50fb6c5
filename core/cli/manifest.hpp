// A command's manifest: its CommandSpec as JSON (share/commands/<name>.json for tk's own). A third
// party's tk-foo has one as tk-foo.json beside it, or as share/tk/commands/foo.json of its prefix; then
// `tk help`, completion and the renderings know it. Without one it is listed and never started to ask.
#pragma once

#include <string>
#include <vector>

#include "core/cli/spec.hpp"

namespace tk::cli {

inline constexpr std::int64_t kManifestFormat = 1;

std::string write_manifest(const CommandSpec& completed);

// A command as read from a manifest. Its texts own what the spec's views name.
struct Manifest {
  CommandSpec command;
  bool dynamic = false;  // tk-foo answers `__complete -- WORD…` for words that the manifest leaves open
  std::vector<std::string> texts;
};
// Untrusted bytes: at most 1 MiB, members checked, texts made printable.
Result<Manifest> read_manifest(const std::string& file);
Result<Manifest> parse_manifest(std::string_view text, const std::string& file);
// Its summary only, for lists: a manifest that is wrong further on is told of when it is used.
Result<std::string> read_summary(const std::string& file);

}  // namespace tk::cli
