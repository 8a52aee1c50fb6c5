#include "core/workspace/hot_law.hpp"

#include <signal.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "core/base/clock.hpp"
#include "core/git/head.hpp"
#include "core/journal/live.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/os/watch.hpp"
#include "core/workspace/compile.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::workspace {
namespace {

constexpr int kLookMs = 1000;

using PolicyPtr = std::shared_ptr<const Policy>;

class Hot final : public HotLaw {
 public:
  Hot(const Workspace& ws, Owner owner, os::Bell bell)
      : ws_(ws), owner_(std::move(owner)), bell_(std::move(bell)) {}

  ~Hot() override {
    stopping_ = true;
    bell_.ring();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> begin() {
    if (auto watch = os::Watch::start()) watch_.emplace(std::move(*watch));
    else hindered(watch.error());
    arm();  // before HEAD is read: a commit between the two is an event
    look();
    if (policy_->broken) return fail(*policy_->broken);
    begun_ = true;
    // Signals are for the main thread.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return {};
  }

  PolicyPtr current() const override {
    if (clock::monotonic_ns() - looked_ns_.load(std::memory_order_relaxed) > std::int64_t{kStaleMs} * 1'000'000) return stale();
    std::lock_guard held(mutex_);
    return policy_;
  }

 private:
  void run() {
    while (!stopping_) {
      look();
      follow_live();
      correct_page();
      std::vector<int> fds{bell_.fd()};
      if (watch_) fds.push_back(watch_->fd());
      if (live_) fds.push_back(live_->event_fd());
      os::wait_readable(fds, kLookMs);
      if (watch_) watch_->clear();
      if (live_) live_->clear_event();
      arm();
    }
  }

  // The page may be made after us, and is made anew with another journal.
  void follow_live() {
    if (!os::exists(ws_.journal_path())) return;
    auto journal = os::identity_of(ws_.journal_path());
    if (live_ && journal == journal_) return;
    live_.reset();
    if (auto live = journal::Live::look(ws_.journal_path())) live_.emplace(std::move(*live));
    journal_ = journal;
  }

  // Of two processes that publish, the one with the older commit may have been the last.
  void correct_page() {
    if (!live_ || !live_->writable() || policy_->broken) return;
    auto ours = std::string(policy_->index.policy_hash());
    if (live_->policy_hash() != ours) live_->set_policy(ours);
  }

  void arm() {
    if (!watch_) return;
    auto folders = git::head_folders(ws_.root());
    if (!folders) return;  // look() says so
    for (const auto& folder : *folders)
      if (auto added = watch_->add(folder); !added) hindered(added.error());
  }

  void look() {
    for (;;) {
      auto head = git::read_head(ws_.root());
      if (!head) {
        put(broken("", head.error()));
        break;
      }
      if (policy_ && policy_->commit == head->commit && !(policy_->broken && may_pass(*policy_->broken))) break;
      if (load(head->commit)) break;
    }
    looked_ns_ = clock::monotonic_ns();
  }

  // A fault of the machine may pass; what a commit says does not change.
  static bool may_pass(const Error& e) { return e.exit() != Exit::usage; }

  // True when this commit is dealt with, one way or the other; else HEAD is to be looked at again.
  bool load(const std::string& commit) {
    if (auto there = mapped(commit)) return put(std::move(there)), false;
    auto bytes = compiled(commit);
    if (!bytes) {
      // HEAD may have moved on, and a collector may have removed what was left behind.
      if (auto now = git::read_head(ws_.root()); now && now->commit != commit) return false;
      if (put(broken(commit, bytes.error())) && compiler_) compiler_->announce_broken(commit);
      return true;
    }
    auto memory = std::make_shared<const std::string>(std::move(*bytes));
    auto index = law::Index::open(*memory);
    if (!index) return put(broken(commit, index.error())), true;
    put(ready(commit, *index, memory));
    if (auto published = compiler_->publish(*memory); !published) hindered(published.error());
    return false;
  }

  // Another process was faster.
  PolicyPtr mapped(const std::string& commit) const {
    auto law = CompiledLaw::of_commit(ws_, commit);
    if (!law) return nullptr;
    auto memory = std::make_shared<const CompiledLaw>(std::move(*law));
    return ready(commit, memory->index(), memory);
  }

  Result<std::string> compiled(const std::string& commit) {
    if (!compiler_) {
      TK_TRY(auto compiler, LawCompiler::open(ws_));
      compiler_.emplace(std::move(compiler));
    }
    auto bytes = compiler_->compile(commit);
    if (!bytes && may_pass(bytes.error())) compiler_.reset();
    return bytes;
  }

  PolicyPtr ready(const std::string& commit, const law::Index& index, std::shared_ptr<const void> memory) const {
    auto policy = std::make_shared<Policy>();
    policy->commit = commit;
    policy->index = index;
    policy->memory = std::move(memory);
    if (owner_.prepare) policy->prepared = owner_.prepare(policy->index);
    return policy;
  }

  static PolicyPtr broken(const std::string& commit, Error why) {
    auto policy = std::make_shared<Policy>();
    policy->commit = commit;
    policy->broken = std::move(why);
    return policy;
  }

  static PolicyPtr stale() {
    static const PolicyPtr policy = broken("", {Code::ws_stale, "HEAD was not looked at for 5 seconds", {}, "", nullptr});
    return policy;
  }

  // False when this was known: the same commit is as broken as before.
  bool put(PolicyPtr policy) {
    bool known = policy_ && policy_->broken && policy->broken && policy_->commit == policy->commit &&
                 policy_->broken->message == policy->broken->message;
    {
      std::lock_guard held(mutex_);
      policy_ = policy;
    }
    looked_ns_ = clock::monotonic_ns();
    bool refused = policy->broken && !begun_;  // start() fails with it
    if (!known && !refused && owner_.changed) owner_.changed(*policy);
    return !known;
  }

  void hindered(const Error& e) {
    if (owner_.hindered && said_ != e.message) owner_.hindered(e);
    said_ = e.message;
  }

  const Workspace ws_;
  const Owner owner_;
  os::Bell bell_;
  std::optional<os::Watch> watch_;
  std::optional<LawCompiler> compiler_;
  std::optional<journal::Live> live_;
  os::FileIdentity journal_;
  std::string said_;
  bool begun_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> looked_ns_{0};
  mutable std::mutex mutex_;
  PolicyPtr policy_;  // written by the thread, under the mutex
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HotLaw>> HotLaw::start(const Workspace& ws, Owner owner) {
  TK_TRY(auto bell, os::Bell::make());
  auto out = std::make_unique<Hot>(ws, std::move(owner), std::move(bell));
  TK_CHECK(out->begin());
  return std::unique_ptr<HotLaw>(std::move(out));
}

}  // namespace tk::workspace
