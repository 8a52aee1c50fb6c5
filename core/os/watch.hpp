// What happens in folders: names that come, go or get new content (inotify). Says that something
// happened, not what: whoever asks looks for himself, so nothing rests on an event being complete or
// even there. Fault point: os.inotify. One thread uses a Watch.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace tk::os {

class Watch {
 public:
  static Result<Watch> start();
  Watch(Watch&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Watch& operator=(Watch&&) = delete;
  ~Watch();

  // Watches this folder too, not what is below it; once more does nothing.
  Result<void> add(const std::string& folder);
  int fd() const { return fd_; }  // readable when something happened: for poll(2)
  void clear();                   // before looking at what happened

 private:
  explicit Watch(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// A descriptor that one thread makes readable for another: for poll(2).
class Bell {
 public:
  static Result<Bell> make();
  Bell(Bell&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Bell& operator=(Bell&&) = delete;
  ~Bell();
  int fd() const { return fd_; }
  void ring() const;

 private:
  explicit Bell(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace tk::os
