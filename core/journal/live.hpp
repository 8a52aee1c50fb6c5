// .tk/run/live (FORMATS.md, Notification): one page that every process of a workspace maps. It carries
// what is new without a look at the database (generation, head, what is durable, the policy in force),
// wakes whoever waits for it, lets writers queue, and lets one of those who wait flush for all.
// It is a cache: a page of another boot or of another journal.db is made anew.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "core/os/shared.hpp"

namespace tk::journal {

class Live {
 public:
  // For a writer: made where there is none. `journal` is the path of journal.db, which exists.
  // `is_new`: the journal was made just now, nobody can have looked at a page of it before.
  static Result<Live> open(const std::string& journal, bool is_new = false);
  // For a reader: what is there; nothing when there is no page of this journal. Writable where it may be.
  static std::optional<Live> look(const std::string& journal);
  Live(Live&& other) noexcept;
  Live& operator=(Live&&) = delete;
  ~Live();

  std::uint32_t generation() const;
  std::int64_t head_seq() const;
  std::int64_t durable_seq() const;
  bool writable() const { return page_ && writable_; }
  bool poisoned() const;  // a flush failed: nothing is acknowledged until it is mended
  std::string policy_hash() const;
  // Moves inside every commit that may take a right away (a token, lease, account or standing changed), before
  // that commit can be acknowledged. What was found allowed at another value of it must be looked at again.
  // Never the same twice when the page is not the workspace's any more: then nothing is remembered.
  std::uint64_t standing() const;
  // Whether the file that it maps was removed or replaced: other processes look at another one by now.
  bool replaced() const;
  // How many actors are halted, so that who only asks law need not open the journal; -1: not known.
  std::int64_t halted() const;

  // Waits until the generation is not `seen`; at most timeout_ms. Also ends by a signal.
  void wait(std::uint32_t seen, int timeout_ms) const;
  int event_fd();      // readable when something is new: for poll(2)
  void clear_event();

  // ---- for the journal
  Result<bool> queue(int timeout_ms);  // one writer at a time; false when the time ran out
  void leave();
  void committed(std::int64_t seq, bool standing = false);  // visible, not yet durable
  void set_halted(std::int64_t n);
  bool try_flushing();  // become the one who flushes
  // Wakes who waits for it; `more`: goes on being the one who flushes.
  void flushed(std::int64_t up_to, bool more);
  void stop_flushing();
  void poison();
  void start_at(std::int64_t head);  // what is there is durable, and nothing else ever was
  void mended(std::int64_t head);

  // Tells everybody which policy law decides by now.
  void set_policy(const std::string& hash);

 private:
  struct Page;
  Live(os::SharedPage page, bool writable, const std::string& path);
  void announce();
  os::SharedPage memory_;
  Page* page_;  // null when it was moved from
  bool writable_;
  std::string path_;
  os::FileIdentity file_;
  mutable std::int64_t looked_ns_ = 0;  // when the file was last seen to be ours
  mutable std::uint64_t apart_ = 0;     // counts up once it is not
  std::unique_ptr<os::FutexEvent> event_;
};

}  // namespace tk::journal
