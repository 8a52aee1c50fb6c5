// Terminals that tk makes for a program whose output goes through somebody else, and how its own
// behaves meanwhile.
#pragma once

#include <memory>
#include <utility>

#include "core/base/error.hpp"

struct termios;

namespace tk::os {

// A pair: what the program has (the caller's `like` in size and modes, though nothing there stops
// it: there is no shell that could let it go on), and what drives it.
class Pty {
 public:
  static Result<Pty> open(int like);
  Pty(Pty&& other) noexcept
      : driver_(std::exchange(other.driver_, -1)), program_(std::exchange(other.program_, -1)) {}
  Pty& operator=(Pty&&) = delete;
  ~Pty();
  int driver() const { return driver_; }
  int program() const { return program_; }
  void close_program();  // when the program has it

 private:
  Pty(int driver, int program) : driver_(driver), program_(program) {}
  int driver_, program_;
};

// Until it ends: every key goes through as it is typed, also ^C (raw), or only nothing is shown of
// what is typed (silent), and ^Z does nothing. One at a time.
class TerminalMode {
 public:
  enum class Kind { raw, silent };
  TerminalMode(
      int terminal, Kind kind,
      int sized = -1);  // `sized`: a terminal that has the size of this one, also when it changes
  TerminalMode(const TerminalMode&) = delete;
  ~TerminalMode();

 private:
  int terminal_;
  std::unique_ptr<termios> before_;
};

// What is read from one goes to the other, beside everything else that this process does, until one
// of them ends. Closes `to`.
void hand_on(int from, int to);

// Whether a descriptor can be written to: not only read.
bool writable(int fd);

}  // namespace tk::os
