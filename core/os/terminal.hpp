// The terminal and the signals of a command-line program.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::os {

bool is_terminal(int fd);
std::string user_name();  // of the real uid; the number when it has no name
std::string host_name();
std::string environment(const char* name);  // empty when unset
bool environment_set(const char* name);     // also when it is empty

// Ends this process with status 0, without another word, when so much time has passed.
void end_after_ms(int ms);

// One line from standard input, without its newline; usage error at end of file.
Result<std::string> read_line();

// SIGINT and SIGTERM set a flag and write to a pipe; a second one ends the process at once.
void catch_interrupts();
int interrupted();     // the signal's number, 0 when none came
// Whether one of the descriptors became readable; at most timeout_ms.
bool wait_readable(const std::vector<int>& fds, int timeout_ms);
int interrupt_fd();    // readable once a signal came; -1 before catch_interrupts()

}  // namespace tk::os
