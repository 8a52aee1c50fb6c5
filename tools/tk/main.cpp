// The driver: finds tk-<command> and becomes it. It links nothing but libc, so that a start costs what
// an exec costs. Order: libexec/tk beside it, ~/.local/libexec/tk, absolute entries of PATH.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.hpp"  // generated: tk_tool in CMakeLists.txt

namespace {

char libexec_path[PATH_MAX];

// …/bin/tk → …/libexec/tk
bool find_libexec() {
  const char* named = getenv("TK_EXEC_PATH");
  if (named && *named == '/') return snprintf(libexec_path, PATH_MAX, "%s", named) < PATH_MAX;
  ssize_t n = readlink("/proc/self/exe", libexec_path, PATH_MAX - 32);
  if (n <= 0) return false;
  libexec_path[n] = 0;
  setenv("TK", libexec_path, 1);  // children speak to the same tk
  for (int levels = 0; levels < 2; ++levels) {
    char* slash = strrchr(libexec_path, '/');
    if (!slash) return false;
    *slash = 0;
  }
  strcat(libexec_path, "/libexec/tk");
  return true;
}

bool usable(const char* folder, size_t length, const char* command, char* out) {
  int n = snprintf(out, PATH_MAX, "%.*s/tk-%s", static_cast<int>(length), folder, command);
  return n > 0 && n < PATH_MAX && access(out, X_OK) == 0;
}

bool find_command(const char* command, char* out) {
  if (strchr(command, '/') || *command == '.' || !*command) return false;
  if (usable(libexec_path, strlen(libexec_path), command, out)) return true;
  char local[PATH_MAX];
  const char* home = getenv("HOME");
  if (home && *home == '/') {
    snprintf(local, sizeof local, "%s/.local/libexec/tk", home);
    if (usable(local, strlen(local), command, out)) return true;
  }
  for (const char* path = getenv("PATH"); path && *path;) {
    size_t length = strcspn(path, ":");
    if (*path == '/' && usable(path, length, command, out)) return true;
    path += length + (path[length] == ':');
  }
  return false;
}

size_t least(size_t a, size_t b) { return a < b ? a : b; }

// Edit distance with transposition, for words of at most 31 letters.
size_t distance(const char* a, const char* b) {
  size_t d[32][32], n = strlen(a), m = strlen(b);
  if (n > 31 || m > 31) return 99;
  for (size_t i = 0; i <= n; ++i)
    for (size_t j = 0; j <= m; ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

int unknown(const char* command) {
  fprintf(stderr, "tk: [TK-CLI-0002] no command tk-%s\n", command);
  const char* best = nullptr;
  size_t nearest = 3;
  for (const auto& c : kCommands)
    if (size_t d = distance(command, c.name); d < nearest) {
      nearest = d;
      best = c.name;
    }
  if (best) fprintf(stderr, "  mend: did you mean tk %s?\n", best);
  else fprintf(stderr, "  mend: `tk help` lists the commands\n");
  return 127;
}

int help(FILE* to) {
  fputs("tk: infrastructure for AI agents\n\nUsage: tk [-C DIR] COMMAND [words]\n\n", to);
  for (const auto& c : kCommands) fprintf(to, "  %-10s  %s\n", c.name, c.summary);
  fputs("\nStart here:\n  tk demo code-review\n      the main job on a bundled sample\n  tk COMMAND -h\n"
        "      one screen of help with examples\n  tk help -a\n      every command and topic, also from others\n", to);
  return fflush(to) == 0 ? 0 : 1;
}

int become(const char* command, char** argv, int argc) {
  static char path[PATH_MAX];
  if (!find_command(command, path)) return unknown(command);
  char* words[argc + 2];
  words[0] = path;
  for (int i = 0; i <= argc; ++i) words[i + 1] = argv[i];
  execv(path, words);
  fprintf(stderr, "tk: [TK-OS-0006] cannot start %s: %s\n", path, strerror(errno));
  return 1;
}

bool is_own(const char* command) {
  for (const auto& c : kCommands)
    if (strcmp(c.name, command) == 0) return true;
  return false;
}

// -- WORD…: the words behind `tk`, the last under the cursor. tk-help answers from the manifests, and asks
// the command itself only for what stands in none: it is far lighter than most commands.
int complete(char** argv, int argc) {
  if (argc > 0 && strcmp(argv[0], "--") == 0) {
    ++argv;
    --argc;
  }
  char mark[] = "__complete", dashes[] = "--";
  char* words[argc + 3];
  int n = 0;
  words[n++] = dashes;
  words[n++] = mark;
  for (int i = 0; i < argc; ++i) words[n++] = argv[i];
  words[n] = nullptr;
  return become("help", words, n);
}

}  // namespace

int main(int argc, char** argv) {
  if (!find_libexec()) {
    fputs("tk: [TK-OS-0006] cannot find my own folder (is /proc mounted?)\n", stderr);
    return 1;
  }
  int at = 1;
  while (at + 1 < argc && strcmp(argv[at], "-C") == 0) {
    if (chdir(argv[at + 1]) != 0) {
      fprintf(stderr, "tk: [TK-OS-0005] cannot go to %s: %s\n", argv[at + 1], strerror(errno));
      return 2;
    }
    at += 2;
  }
  if (at >= argc) {
    help(stderr);
    return 2;
  }
  const char* word = argv[at];
  if (strcmp(word, "--version") == 0) return printf("tk " TK_VERSION "\n") < 0;
  if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) return help(stdout);
  if (strcmp(word, "__complete") == 0) return complete(argv + at + 1, argc - at - 1);
  if (strcmp(word, "help") == 0) {
    if (at + 1 >= argc) return help(stdout);
    bool options = false;
    for (int i = at + 1; i < argc; ++i) options = options || *argv[i] == '-';
    if (options || !is_own(argv[at + 1])) return become("help", argv + at + 1, argc - at - 1);
    // One of tk's own shows its help itself.
    char flag[] = "--help";
    char* words[argc + 2];
    int n = 0;
    for (int i = at + 2; i < argc; ++i) words[n++] = argv[i];
    words[n++] = flag;
    words[n] = nullptr;
    return become(argv[at + 1], words, n);
  }
  if (*word == '-') {
    fprintf(stderr, "tk: [TK-CLI-0001] unknown option %s\n  mend: tk --help\n", word);
    return 2;
  }
  return become(word, argv + at + 1, argc - at - 1);
}
