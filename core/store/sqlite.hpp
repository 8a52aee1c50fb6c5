// SQLite, wrapped once. WAL, synchronous=NORMAL: a commit is visible when commit() returns and durable
// when a flush() that began after it has returned. Checkpoints are made by checkpoint() only. Busy wait
// bounded at 30 s: SQLITE_BUSY never reaches a person. A full disk is os_full, a damaged file journal_broken, a read-only one os_readonly.
// A Database and its Statements belong to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tk::store {

// A prepared statement in use; reset when it goes out of scope. Columns and parameters count from 0.
class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* stmt, bool owned, bool* flush_failed)
      : db_(db), stmt_(stmt), flush_failed_(flush_failed), owned_(owned) {}
  Statement(Statement&& o) noexcept
      : db_(o.db_), stmt_(o.stmt_), flush_failed_(o.flush_failed_), owned_(o.owned_), next_(o.next_) {
    o.stmt_ = nullptr;
  }
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind_blob(std::span<const std::uint8_t> bytes);
  Statement& bind_null();

  Result<bool> step();  // true: a row stands ready
  Result<void> run();   // step to the end

  std::string_view text(int column) const;  // valid until the next step
  std::span<const std::uint8_t> blob(int column) const;
  std::int64_t integer(int column) const;
  bool null(int column) const;
  enum class Type { integer = 1, real, text, blob, null };  // SQLite's own numbers
  // A value as it is stored, without a conversion: the bytes of a text or blob, or the number.
  struct Cell {
    Type type;
    std::string_view bytes;
    std::int64_t number;
  };
  Cell cell(int column) const;  // valid until the next step

 private:
  sqlite3* db_;
  sqlite3_stmt* stmt_;
  bool* flush_failed_;
  bool owned_;  // not from the cache: finalised at the end
  int next_ = 1;
};

enum class Mode { read_write_create, read_write, read_only };

class Database {
 public:
  static Result<Database> open(const std::string& path, Mode mode);
  Database(Database&& o) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  Result<void> exec(const std::string& sql);
  // Statements are cached by their text; one that is in use already gets a twin.
  Result<Statement> prepare(std::string_view sql);
  Result<void> begin();   // IMMEDIATE: takes the write lock
  Result<void> begin_read();  // from the first look until rollback() everything is as it was then
  Result<void> commit();  // visible, not yet durable
  Result<void> flush();   // syncs the WAL, and with it every commit before
  // For what can be made anew: whoever closes last leaves the WAL as it is, and waits for no disk.
  void leave_wal();
  // Whether the WAL had many pages after this connection's last commit.
  bool wal_is_long(int pages = 2000) const { return state_->wal_pages >= pages; }
  // Moves the WAL's pages into the database, so that the next commit begins it anew. `all`: waits for
  // readers too and empties it.
  Result<void> checkpoint(bool all = false);
  // Whether a flush of this connection, by whomever called, has failed since this was asked last: what
  // was not yet durable may be lost although a later flush succeeds.
  bool flush_failed() { return std::exchange(state_->flush_failed, false); }
  void rollback();
  // A copy of what is committed, in a new file beside, through SQLite's backup API; on disk when it returns.
  Result<void> copy_to(const std::string& path) const;
  // The last to close moves the WAL into the database; false: a flush of that failed. Nothing else may be
  // asked of it afterwards.
  bool close();
  int changes() const;
  const std::string& path() const { return path_; }

 private:
  Database() = default;
  sqlite3* db_ = nullptr;
  std::string path_;
  struct State {  // what SQLite's hooks write to; stays where it is
    int wal_pages = 0;
    bool flush_failed = false;
  };
  std::unique_ptr<State> state_ = std::make_unique<State>();
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> cache_;
};

}  // namespace tk::store
