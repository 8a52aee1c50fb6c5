#include "core/journal/live.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"

namespace tk::journal {

constexpr std::uint64_t kFormat = 0x746b6c697665'0002;  // "tklive", format 2
constexpr int kAwakeUs = 200;
// So long a page that was removed may go unnoticed; who makes a new one waits longer, before anything is written.
constexpr std::int64_t kNoticeNs = 10'000'000;

struct Live::Page {
  std::atomic<std::uint64_t> format;  // written last: a page without it is not whole
  char boot[40];
  os::FileIdentity journal;
  std::atomic<std::uint32_t> generation;
  std::atomic<std::uint32_t> poisoned;
  std::atomic<std::int64_t> head_seq, durable_seq;
  std::atomic<std::uint64_t> standing;
  std::atomic<std::int64_t> halted;
  char policy_hash[72];
  os::SharedMutex writing, next, flushing;

  bool fits(const std::string& boot_now, const os::FileIdentity& journal_now) const {
    return format.load() == kFormat && boot_now == boot && journal == journal_now;
  }
};

namespace {

std::string path_for(const std::string& journal) {
  auto slash = journal.rfind('/');
  return (slash == journal.npos ? "." : journal.substr(0, slash)) + "/run/live";
}

}  // namespace

Live::Live(os::SharedPage page, bool writable, const std::string& path)
    : memory_(std::move(page)), page_(static_cast<Page*>(memory_.data())), writable_(writable), path_(path),
      file_(os::identity_of(path)) {}
Live::Live(Live&& o) noexcept
    : memory_(std::move(o.memory_)), page_(std::exchange(o.page_, nullptr)), writable_(o.writable_),
      path_(std::move(o.path_)), file_(o.file_), event_(std::move(o.event_)) {}
Live::~Live() = default;

Result<Live> Live::open(const std::string& journal, bool is_new) {
  auto path = path_for(journal);
  TK_TRY(auto boot, os::boot_id());
  auto identity = os::identity_of(journal);
  // Made anew is only what is not there or does not fit: a page that cannot be opened may be poisoned.
  auto whole = [&]() -> Result<std::optional<Live>> {
    auto page = os::SharedPage::open(path, sizeof(Page), os::SharedPage::Access::write);
    if (!page && page.error().code != Code::os_not_found) return fail(page.error());
    if (!page || !static_cast<Page*>(page->data())->fits(boot, identity)) return std::optional<Live>();
    return std::optional<Live>(Live(std::move(*page), true, path));
  };
  TK_TRY(auto there, whole());
  if (there) return std::move(*there);
  TK_CHECK(os::make_directories(path.substr(0, path.rfind('/')), 0700));
  TK_TRY(auto lock, os::Lock::wait(path + ".lock", Code::journal_busy));
  TK_TRY(auto meanwhile, whole());
  if (meanwhile) return std::move(*meanwhile);  // another process was faster
  TK_CHECK(os::remove_file(path));
  if (!is_new) std::this_thread::sleep_for(std::chrono::nanoseconds(2 * kNoticeNs));
  TK_TRY(auto memory, os::SharedPage::create(path, sizeof(Page)));
  auto* page = new (memory.data()) Page{};
  std::memcpy(page->boot, boot.data(), std::min(boot.size(), sizeof page->boot - 1));
  page->journal = identity;
  page->halted = -1;
  // Nobody who remembers something by another page takes it for known by this one.
  page->standing = static_cast<std::uint64_t>(clock::monotonic_ns());
  TK_CHECK(page->writing.init());
  TK_CHECK(page->next.init());
  TK_CHECK(page->flushing.init());
  // Root looks after somebody's workspace without locking its owner out.
  for (const auto& made : {path.substr(0, path.rfind('/')), path, path + ".lock"})
    TK_CHECK(os::give_to_owner_of(journal, made));
  page->format = kFormat;
  return Live(std::move(memory), true, path);
}

std::optional<Live> Live::look(const std::string& journal) {
  auto page = os::SharedPage::open(path_for(journal), sizeof(Page), os::SharedPage::Access::read);
  auto boot = os::boot_id();
  if (!page || !boot || !static_cast<Page*>(page->data())->fits(*boot, os::identity_of(journal)))
    return std::nullopt;
  return Live(std::move(*page), false, path_for(journal));
}

std::uint32_t Live::generation() const { return page_->generation.load(); }
std::int64_t Live::head_seq() const { return page_->head_seq.load(); }
std::int64_t Live::durable_seq() const { return page_->durable_seq.load(); }
std::int64_t Live::halted() const { return page_->halted.load(); }
void Live::set_halted(std::int64_t n) { page_->halted = n; }
bool Live::replaced() const { return apart_ != 0 || os::identity_of(path_) != file_; }

std::uint64_t Live::standing() const {
  auto now = clock::monotonic_ns();
  if (apart_ == 0 && now - looked_ns_ > kNoticeNs) {
    looked_ns_ = now;
    if (replaced()) apart_ = std::uint64_t{1} << 63;
  }
  return apart_ != 0 ? ++apart_ : page_->standing.load();
}

bool Live::poisoned() const { return page_->poisoned.load() != 0; }
std::string Live::policy_hash() const {
  return {page_->policy_hash, ::strnlen(page_->policy_hash, sizeof page_->policy_hash)};
}

void Live::wait(std::uint32_t seen, int timeout_ms) const {
  os::futex_wait(page_->generation, seen, timeout_ms);
}

int Live::event_fd() {
  if (!event_) event_ = std::make_unique<os::FutexEvent>(page_->generation);
  return event_->fd();
}

void Live::clear_event() {
  if (event_) event_->clear();
}

// The first of the queue is awake when its turn comes: nobody's turn begins with waking up.
Result<bool> Live::queue(int timeout_ms) {
  TK_TRY(bool first, page_->next.lock(timeout_ms));
  if (!first) return false;
  auto mine = page_->writing.lock(timeout_ms, kAwakeUs);
  page_->next.unlock();
  return mine;
}
void Live::leave() { page_->writing.unlock(); }

void Live::committed(std::int64_t seq, bool standing) {
  if (standing) page_->standing.fetch_add(1);
  auto head = page_->head_seq.load();
  while (head < seq && !page_->head_seq.compare_exchange_weak(head, seq)) {
  }
}

bool Live::try_flushing() { return page_->flushing.lock(0).value_or(false); }

void Live::announce() {
  page_->generation.fetch_add(1);
  os::futex_wake_all(page_->generation);
}

void Live::flushed(std::int64_t up_to, bool more) {
  auto durable = page_->durable_seq.load();
  while (durable < up_to && !page_->durable_seq.compare_exchange_weak(durable, up_to)) {
  }
  if (!more) page_->flushing.unlock();
  announce();
}

// Announced: who found the place taken meanwhile tries again.
void Live::stop_flushing() {
  page_->flushing.unlock();
  announce();
}

void Live::poison() {
  page_->poisoned = 1;
  announce();
}

void Live::start_at(std::int64_t head) {
  page_->durable_seq = head;
  page_->head_seq = head;
}

void Live::mended(std::int64_t head) {
  start_at(head);
  page_->poisoned = 0;
  announce();
}

// Announced also when the hash is the same: whoever decides by another commit's law looks at HEAD.
void Live::set_policy(const std::string& hash) {
  if (policy_hash() != hash) {
    std::memset(page_->policy_hash, 0, sizeof page_->policy_hash);
    std::memcpy(page_->policy_hash, hash.data(), std::min(hash.size(), sizeof page_->policy_hash - 1));
  }
  announce();
}

}  // namespace tk::journal
