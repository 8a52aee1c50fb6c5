// Child processes: started with a scrubbed descriptor table and given limits, spoken to over pipes,
// ended for sure. A child dies with its parent (PR_SET_PDEATHSIG) and stands in its own process
// group, so that ending it ends what it started. One thread uses a Child at a time.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace tk::os {

struct Spawn {
  std::vector<std::string> argv;         // argv[0] is looked up in PATH when it has no slash
  std::vector<std::string> environment;  // "NAME=value"; the whole environment of the child
  std::string directory;                 // working directory; empty = the parent's
  std::string input;                     // all of standard input, or its beginning when it stays open
  std::size_t output_limit = 64u << 20;  // bytes of stdout that nobody took; more ends the child
  std::size_t error_limit = 64u << 10;   // tail of stderr that is kept
  std::uint64_t memory_limit = 0;        // RLIMIT_AS in bytes; 0 = none
  std::uint64_t file_limit = 0;          // RLIMIT_FSIZE in bytes; 0 = none
  bool control = false;                  // a socket to us is the child's descriptor 3
  bool inherit_output = false;           // stdin, stdout and stderr are the parent's
  std::array<int, 3> standard{-1, -1, -1};  // these instead of a pipe; they stay the parent's to close
  int passed = -1;                       // with `control`: this is the child's descriptor 4
  bool own_session = false;              // no terminal of ours, nor what is typed on it; where its standard input is one, that is its own
  bool marked = false;                   // known ever after as what tk started for an agent (ancestry.hpp)
  bool keep_input_open = false;          // for a conversation: send() writes on, close_input() ends it
};

struct Exited {
  int status = 0;       // exit status; 128+n when a signal ended it
  bool timed_out = false;
  bool flooded = false; // wrote more than output_limit
  std::string output;
  std::string error_tail;
};

class Child {
 public:
  static Result<Child> start(Spawn spawn);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  // ends the child if it still runs

  pid_t pid() const { return pid_; }
  bool finished() const { return finished_; }
  void kill(int signal);  // the whole group

  // A conversation: bytes are written when the child reads them; what it wrote is taken as it comes.
  void send(std::string_view bytes);
  void close_input();
  std::size_t unread() const { return spawn_.input.size() - fed_; }  // sent, but not yet read by the child
  std::string take_output();
  const std::string& error_tail() const { return result_.error_tail; }
  int status() const { return result_.status; }    // after finished()
  bool flooded() const { return result_.flooded; }

  // Moves bytes for every child that is ready; waits at most timeout_ms (-1 = until something
  // happens), or until one of wake_fds is readable. Children that ended say so by finished().
  static void pump(std::vector<Child*>& children, int timeout_ms, const std::vector<int>& wake_fds = {});

  Exited take();  // after finished()

  // The control socket: what the child is told on it, and the next line that it says, without its newline; nothing at
  // its end, or where none came in time (-1: waits for ever). A descriptor may come with a line.
  void tell(std::string_view text);
  std::optional<std::string> hear(int timeout_ms = -1);
  bool heard_all() const { return heard_all_; }
  int take_descriptor() { return std::exchange(passed_, -1); }  // -1: none came

 private:
  Child() = default;
  void feed();
  void drain(int& fd, bool is_output);
  void reap();

  Spawn spawn_;
  bool has_input() const { return in_ >= 0 && (unread() > 0 || !spawn_.keep_input_open); }

  pid_t pid_ = -1;
  int pidfd_ = -1, in_ = -1, out_ = -1, err_ = -1, control_ = -1;
  std::string heard_;
  bool heard_all_ = false;
  int passed_ = -1;
  std::size_t fed_ = 0;
  bool finished_ = false;
  Exited result_;
};

// Start, feed, wait. deadline_ms 0 = none.
Result<Exited> run(Spawn spawn, std::int64_t deadline_ms = 0);

// A pager that shows what is written to it on this process's terminal. The destructor waits until the
// person has left it. A pager that goes away early is no error.
class Pager {
 public:
  static Result<Pager> start(const std::string& command);  // words separated by blanks
  Pager(Pager&& other) noexcept : pid_(other.pid_), in_(other.in_) { other.pid_ = other.in_ = -1; }
  Pager& operator=(Pager&&) = delete;
  ~Pager();
  Result<void> write(std::string_view text);

 private:
  Pager(pid_t pid, int in) : pid_(pid), in_(in) {}
  pid_t pid_ = -1;
  int in_ = -1;
};

pid_t own_pid();
// When a process began, in the kernel's ticks since boot; empty when there is none of that number.
std::string began(pid_t pid);

// A process that was sent SIGKILL, held so that its number cannot become another's meanwhile.
class Ending {
 public:
  // Nothing where the process that began then is gone already; an error where it is somebody else's.
  static Result<std::optional<Ending>> of(pid_t pid, const std::string& began);
  Ending(Ending&& other) noexcept : pidfd_(std::exchange(other.pidfd_, -1)) {}
  Ending& operator=(Ending&&) = delete;
  ~Ending();
  void wait();  // until it is gone; of process 1 of a namespace: until all of it is

 private:
  explicit Ending(int pidfd) : pidfd_(pidfd) {}
  int pidfd_ = -1;
};

// From here on signals that somebody sends to this process reach `child`; those of a terminal it gets itself, unless it has none of ours
// (`typed`). 0: they are lost.
void hand_signals_to(pid_t child, bool typed = false);

// Becomes another program; returns only when that failed. argv[0] is a path.
Error replace_process(const std::vector<std::string>& argv);

// The path that a bare program name stands for, or empty.
std::string find_in_path(std::string_view name);
std::vector<std::string> current_environment();

}  // namespace tk::os
