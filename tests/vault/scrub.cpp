// The scrubber of core/vault for its tests:
//   scrub SECRETS SIZE…          SECRETS: a file of "NAME TAB BASE64" lines. What stands on stdin goes through it, in pieces of the first SIZE
//                                to stdout; pieces of every other SIZE must give the same. Figures on stderr.
//   scrub SECRETS speed          MB/s of one pass over stdin in pieces of 64 KiB, and the longest that a line of it took, in microseconds
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/vault/scrub.hpp"

namespace {

using Clock = std::chrono::steady_clock;

std::string through(tk::vault::Scrubber& s, std::string_view bytes, std::size_t size) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += size) out += s.feed(bytes.substr(at, size));
  return out + s.finish();
}

double us_since(Clock::time_point began) {
  return std::chrono::duration<double, std::micro>(Clock::now() - began).count();
}

int speed(tk::vault::Scrubber& s, std::string_view bytes) {
  auto began = Clock::now();
  std::size_t size = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 60u << 10) size += s.feed(bytes.substr(at, 60u << 10)).size();
  size += s.finish().size();
  auto took = us_since(began);
  std::vector<double> lines;
  for (auto line : tk::text::split(bytes.substr(0, 4u << 20), '\n')) {
    auto b = Clock::now();
    static_cast<void>(s.feed(std::string(line) + "\n"));
    lines.push_back(us_since(b));
  }
  std::sort(lines.begin(), lines.end());
  std::printf("%.0f %.0f %zu\n", static_cast<double>(bytes.size()) / took, lines[lines.size() * 99 / 100], size);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  tk::vault::Scrubber s;
  auto secrets = tk::os::read_file(argv[1]);
  std::size_t refused = 0;
  for (auto line : tk::text::split(*secrets, '\n')) {
    auto tab = line.find('\t');
    if (tab == line.npos) continue;
    auto value = *tk::base64::decode(line.substr(tab + 1));
    if (!tk::vault::Scrubber::can_find(value))
      ++refused;
    else
      s.add(std::string(line.substr(0, tab)), value);
  }
  auto bytes = tk::os::read_stdin(2u << 30);
  if (std::string_view(argv[2]) == "speed") return speed(s, *bytes);
  auto out = through(s, *bytes, std::strtoul(argv[2], nullptr, 10));
  std::fwrite(out.data(), 1, out.size(), stdout);
  for (int i = 3; i < argc; ++i)
    if (through(s, *bytes, std::strtoul(argv[i], nullptr, 10)) != out) {
      std::fprintf(stderr, "pieces of %s bytes give something else\n", argv[i]);
      return 1;
    }
  std::fprintf(stderr, "%zu refused\n", refused);
  return 0;
}
