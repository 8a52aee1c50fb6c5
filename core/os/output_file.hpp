// What becomes visible as a whole: files written piece by piece beside their place, and the one rename that puts a file
// or a folder there when everything in it is on disk.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::os {

// A new file, written from its beginning; nothing may stand there.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path, unsigned mode = 0600);
  OutputFile(OutputFile&& o) noexcept : path_(std::move(o.path_)), fd_(o.fd_) { o.fd_ = -1; }
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();
  Result<void> write(std::string_view bytes);
  Result<void> finish();  // flushed and closed

 private:
  OutputFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
};

// Puts `from` at `to`, where nothing or an empty folder stands: anything else is `taken`. The file system is flushed
// before, the folder after.
Result<void> put_at(const std::string& from, const std::string& to, Code taken);

}  // namespace tk::os
