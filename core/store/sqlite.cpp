#include "core/store/sqlite.hpp"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"
#include "core/store/detail/fault_vfs.hpp"

namespace tk::store {
namespace {

constexpr std::int64_t kBusyLimitNs = 30'000'000'000;

bool is_flush(int code) { return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC; }

tl::unexpected<Error> flush_error(const std::string& path) {
  return fail(Code::journal_failed, path + ": the disk did not take what was written",
              "nothing is acknowledged any more until tk doctor --mend has written the journal anew");
}

Error sqlite_error(sqlite3* db, const std::string& path) {
  int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
  if (is_flush(code)) return flush_error(path).value();
  Error error;
  error.code = Code::journal_failed;
  error.message = path + ": " + (db ? sqlite3_errmsg(db) : "out of memory");
  switch (code & 0xff) {
    case SQLITE_FULL:
      error.code = Code::os_full;
      error.hint = "nothing was acknowledged; free some room and run the command again";
      break;
    case SQLITE_READONLY:
      error.code = Code::os_readonly;
      break;
    case SQLITE_PERM:
      error.code = Code::os_permission;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error.code = Code::journal_busy;
      break;
    case SQLITE_ERROR:  // tk's SQL is fixed: what does not compile meets tables that are not tk's
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      error.code = Code::journal_broken;
      error.hint = "run `tk log verify`, keep the file, and restore a backup";
      break;
    case SQLITE_CANTOPEN:
      error.code = errno == ENOSPC ? Code::os_full : Code::journal_failed;
      // WAL needs its index beside the file: the folder decides.
      if (::access(path.substr(0, path.rfind('/')).c_str(), W_OK) != 0)
        error = os::errno_error(errno, "write", path);
      break;
    default:
      break;
  }
  return error;
}

// What SQLite does when it closes it tells its log only.
thread_local bool flush_logged = false;
void on_log(void*, int code, const char*) { flush_logged = flush_logged || is_flush(code); }

void install_log() {
  static const bool done = sqlite3_config(SQLITE_CONFIG_LOG, on_log, nullptr) == SQLITE_OK &&
                           // Nobody asks how much memory it has; to count it, all threads wait for each other.
                           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  static_cast<void>(done);
}

// Whether nothing may be made beside it, as WAL needs: not merely that somebody is busy.
bool cannot_keep_index(sqlite3* db) {
  int rc = sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) & 0xff;
  return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY;
}

std::string as_uri(const std::string& path) {
  std::string out = "file:";
  for (char c : path) {
    if (c == '?' || c == '#' || c == '%') out += c == '?' ? "%3f" : c == '#' ? "%23" : "%25";
    else out += c;
  }
  return out + "?immutable=1";
}

// Waits 1, 2, 4 … 50 ms between tries, at most 30 s in all.
int on_busy(void*, int tries) {
  thread_local std::int64_t began = 0;
  if (tries == 0) began = clock::monotonic_ns();
  if (clock::monotonic_ns() - began > kBusyLimitNs) return 0;
  ::usleep(tries < 6 ? 1000u << tries : 50'000u);
  return 1;
}

}  // namespace

Statement::~Statement() {
  if (!stmt_) return;
  if (owned_) {
    sqlite3_finalize(stmt_);
    return;
  }
  sqlite3_reset(stmt_);
  sqlite3_clear_bindings(stmt_);
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text(stmt_, next_++, text.data() ? text.data() : "", static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(stmt_, next_++, number);
  return *this;
}
Statement& Statement::bind_blob(std::span<const std::uint8_t> bytes) {
  sqlite3_bind_blob(stmt_, next_++, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null() {
  sqlite3_bind_null(stmt_, next_++);
  return *this;
}

Result<bool> Statement::step() {
  int rc = sqlite3_step(stmt_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  if (is_flush(sqlite3_extended_errcode(db_))) *flush_failed_ = true;
  return fail(sqlite_error(db_, sqlite3_db_filename(db_, "main") ? sqlite3_db_filename(db_, "main")
                                                                  : "journal"));
}

Result<void> Statement::run() {
  for (;;) {
    TK_TRY(bool row, step());
    if (!row) return {};
  }
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column)))
              : std::string_view();
}
std::span<const std::uint8_t> Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(stmt_, column); }
bool Statement::null(int column) const { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }
Statement::Cell Statement::cell(int column) const {
  auto* value = sqlite3_column_value(stmt_, column);  // cheaper than to ask the statement three times
  Cell out{static_cast<Type>(sqlite3_value_type(value)), {}, 0};
  if (out.type == Type::integer) out.number = sqlite3_value_int64(value);
  if (out.type == Type::text || out.type == Type::blob) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    out.bytes = {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
  }
  return out;
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  Database db;
  db.path_ = path;
  int flags = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::read_write_create) flags |= SQLITE_OPEN_CREATE;
  install_log();
  detail::install_fault_vfs();
  auto mask = ::umask(0077);  // the journal is its owner's
  int rc = sqlite3_open_v2(path.c_str(), &db.db_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (rc == SQLITE_OK) sqlite3_busy_handler(db.db_, on_busy, nullptr);
  if (rc == SQLITE_OK && mode == Mode::read_only && cannot_keep_index(db.db_) && !os::exists(path + "-wal")) {
    // On a read-only file system WAL cannot keep its index; without a WAL the file is all there is.
    sqlite3_close_v2(std::exchange(db.db_, nullptr));
    rc = sqlite3_open_v2(as_uri(path).c_str(), &db.db_,
                         flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  }
  if (rc == SQLITE_OK) {
    sqlite3_extended_result_codes(db.db_, 1);
    sqlite3_busy_handler(db.db_, on_busy, nullptr);
    auto set = db.exec("PRAGMA trusted_schema=OFF");
    // Where several make the same database, all but one ask to write out of a read: SQLite does not wait for that itself.
    auto set_mode = [&] { return db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON"); };
    if (set && mode != Mode::read_only) set = set_mode();
    for (int tries = 0; !set && set.error().code == Code::journal_busy && on_busy(nullptr, tries); ++tries) set = set_mode();
    // In place of the automatic checkpoint: how long the WAL is.
    auto count = [](void* state, sqlite3*, const char*, int pages) {
      static_cast<State*>(state)->wal_pages = pages;
      return SQLITE_OK;
    };
    sqlite3_wal_hook(db.db_, count, db.state_.get());
    ::umask(mask);
    if (!set) return fail(set.error());
    return db;
  }
  ::umask(mask);
  return fail(sqlite_error(db.db_, path));
}

Database::Database(Database&& o) noexcept
    : db_(std::exchange(o.db_, nullptr)), path_(std::move(o.path_)), state_(std::move(o.state_)),
      cache_(std::move(o.cache_)) {
  o.cache_.clear();
}

Database::~Database() { close(); }

bool Database::close() {
  for (auto& [sql, stmt] : cache_) sqlite3_finalize(stmt);
  cache_.clear();
  flush_logged = false;
  if (db_) sqlite3_close_v2(std::exchange(db_, nullptr));
  return !flush_logged;
}

void Database::leave_wal() { sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

Result<void> Database::exec(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return fail(sqlite_error(db_, path_));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto it = cache_.find(sql);
  bool busy = it != cache_.end() && sqlite3_stmt_busy(it->second);
  if (it != cache_.end() && !busy) return Statement(db_, it->second, false, &state_->flush_failed);
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &made, nullptr) != SQLITE_OK)
    return fail(sqlite_error(db_, path_));
  if (!busy) cache_.emplace(sql, made);
  return Statement(db_, made, busy, &state_->flush_failed);
}

Result<void> Database::begin() {
  TK_TRY(auto s, prepare("BEGIN IMMEDIATE"));
  return s.run();
}
Result<void> Database::begin_read() {
  TK_TRY(auto s, prepare("BEGIN DEFERRED"));
  return s.run();
}
Result<void> Database::commit() {
  TK_TRY(auto s, prepare("COMMIT"));
  return s.run();
}

Result<void> Database::flush() {
  sqlite3_file* wal = nullptr;
  if (sqlite3_file_control(db_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK || !wal || !wal->pMethods)
    return fail(Code::journal_failed, path_ + ": its write-ahead log cannot be reached");
  if (wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK) return {};
  state_->flush_failed = true;
  return flush_error(path_);
}

Result<void> Database::checkpoint(bool all) {
  state_->wal_pages = 0;
  int left = 0, moved = 0;
  int rc = sqlite3_wal_checkpoint_v2(db_, "main", all ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &left, &moved);
  if (is_flush(sqlite3_extended_errcode(db_)) && rc != SQLITE_OK) state_->flush_failed = true;
  // A reader in the way, a full disk: the WAL grows a little and the next one tries again.
  if (rc == SQLITE_OK || (!all && !state_->flush_failed)) return {};
  return fail(sqlite_error(db_, path_));
}

void Database::rollback() {
  if (!sqlite3_get_autocommit(db_)) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

// From another connection: this one may hold the write lock meanwhile.
Result<void> Database::copy_to(const std::string& path) const {
  TK_TRY(auto from, open(path_, Mode::read_only));
  TK_CHECK(os::remove_file(path));
  sqlite3* to = nullptr;
  auto mask = ::umask(0077);
  int rc = sqlite3_open_v2(path.c_str(), &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  ::umask(mask);
  auto* backup = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", from.db_, "main") : nullptr;
  bool whole = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
  whole = sqlite3_backup_finish(backup) == SQLITE_OK && whole;
  Result<void> done;
  if (!whole) done = fail(sqlite_error(to, path));
  sqlite3_close_v2(to);
  return done;
}

int Database::changes() const { return sqlite3_changes(db_); }

}  // namespace tk::store
