// fuzz-regress: every target over its seeds, the inputs of bugs that were found, and a few seeded
// mutations of both. Deterministic, without clang. An input that breaks a promise (or crashes) is
// kept as ./fuzz-regress.<target> and named.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

namespace tk::fuzz {
namespace {

constexpr std::size_t kMaxInput = 4096;
constexpr int kMutations = 4000;       // of each target, at most
constexpr double kSecondsEach = 0.8;   // so that a slow machine or a sanitizer stays in time

std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

// What the signal handler may touch: plain pointers to what is being tried.
const char* now_target = "";
const char* now_bytes = "";
std::size_t now_size = 0;
const char* now_origin = "";

void say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) _exit(1);
}

void on_crash(int signal) {
  char path[128] = "fuzz-regress.";
  std::strncat(path, now_target, sizeof path - std::strlen(path) - 1);
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  bool kept = fd >= 0 && write(fd, now_bytes, now_size) == static_cast<ssize_t>(now_size);
  say("fuzz-regress: ");
  say(now_target);
  say(" failed on ");
  say(now_origin);
  say(kept ? "; the input is kept in " : "; the input could not be kept in ");
  say(path);
  say("\n");
  std::signal(signal, SIG_DFL);
  raise(signal);
}

struct Input {
  std::string bytes, origin;
};

std::vector<Input> read_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing))
    if (entry.is_regular_file()) names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  std::vector<Input> out;
  for (const auto& name : names) {
    std::ifstream in(name, std::ios::binary);
    out.push_back({std::string(std::istreambuf_iterator<char>(in), {}), name});
  }
  return out;
}

void attempt(Target target, const Input& input) {
  // A block of exactly this size: a sanitizer sees one byte too far.
  std::vector<char> block(input.bytes.begin(), input.bytes.end());
  now_bytes = block.data();
  now_size = block.size();
  now_origin = input.origin.c_str();
  target(block.empty() ? std::string_view("") : std::string_view(block.data(), block.size()));
}

std::string mutated(const std::vector<Input>& pool, std::mt19937& rng) {
  auto below = [&](std::size_t n) { return n == 0 ? 0 : rng() % n; };
  auto s = pool[below(pool.size())].bytes;
  for (auto left = 1 + below(4); left > 0; --left) {
    auto at = below(s.size() + 1);
    switch (below(5)) {
      case 0: s.insert(at, 1, static_cast<char>(rng())); break;
      case 1: s.erase(at, 1 + below(8)); break;
      case 2: if (at < s.size()) s[at] = static_cast<char>(rng()); break;
      case 3: s.insert(at, s.substr(below(s.size() + 1), below(64))); break;
      default: {
        const auto& other = pool[below(pool.size())].bytes;
        s.insert(at, other.substr(below(other.size() + 1), below(64)));
      }
    }
  }
  s.resize(std::min(s.size(), kMaxInput));
  return s;
}

void run(const std::string& name, Target target, const std::string& root) {
  now_target = name.c_str();
  auto pool = read_folder(root + "/corpus/" + name);
  auto found = read_folder(root + "/found/" + name);
  pool.insert(pool.end(), found.begin(), found.end());
  if (pool.empty()) pool.push_back({"", "the empty input"});
  for (const auto& input : pool) attempt(target, input);
  std::mt19937 rng(20261122);
  auto start = std::chrono::steady_clock::now();
  int done = 0;
  for (; done < kMutations; ++done) {
    std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (spent.count() > kSecondsEach) break;
    attempt(target, {mutated(pool, rng), "mutation " + std::to_string(done) + " of seed 20261122"});
  }
  std::printf("%s: %zu seeds, %zu of found bugs, %d mutations\n", name.c_str(),
              pool.size() - found.size(), found.size(), done);
}

}  // namespace

Registered::Registered(const char* name, Target target) { targets()[name] = target; }

}  // namespace tk::fuzz

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: tk-fuzz-regress <tests/fuzz> [target [file…]]\n");
    return 2;
  }
  for (int s : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(s, tk::fuzz::on_crash);
  for (const auto& [name, target] : tk::fuzz::targets()) {
    if (argc > 2 && name != argv[2]) continue;
    if (argc <= 3) tk::fuzz::run(name, target, argv[1]);
    tk::fuzz::now_target = name.c_str();
    for (int i = 3; i < argc; ++i) {
      std::ifstream in(argv[i], std::ios::binary);
      tk::fuzz::attempt(target, {std::string(std::istreambuf_iterator<char>(in), {}), argv[i]});
    }
  }
  return 0;
}
