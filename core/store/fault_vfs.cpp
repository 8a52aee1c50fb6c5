#include "core/store/detail/fault_vfs.hpp"

#ifdef TK_FAULTS
#include <sqlite3.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <utility>

#include "core/os/fault.hpp"
#include "core/os/write_log.hpp"

namespace tk::store::detail {
namespace {

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  const char* name;  // SQLite keeps it while the file is open
  bool folder_too;   // its first flush is one of the folder too (os_unix.c, UNIXFILE_DIRSYNC)
};

const char* name_of(sqlite3_file* f) {
  const char* path = reinterpret_cast<File*>(f)->name;
  const char* slash = path ? std::strrchr(path, '/') : nullptr;
  return slash ? slash + 1 : path ? path : "?";
}

sqlite3_vfs* real_vfs = nullptr;
sqlite3_io_methods methods;

sqlite3_file* real(sqlite3_file* f) { return reinterpret_cast<File*>(f)->real; }

int close_file(sqlite3_file* f) { return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : 0; }
int read_file(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, n, at);
}
int write_file(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  switch (os::fault("db.write")) {
    case os::Fault::enospc: return SQLITE_FULL;
    case os::Fault::eio: return SQLITE_IOERR_WRITE;
    case os::Fault::short_io:
      real(f)->pMethods->xWrite(real(f), from, n / 2, at);
      if (os::recording()) os::record_write(name_of(f), at, from, static_cast<std::size_t>(n / 2));
      return SQLITE_IOERR_WRITE;
    case os::Fault::none:
    case os::Fault::skip: break;
  }
  int rc = real(f)->pMethods->xWrite(real(f), from, n, at);
  if (rc == SQLITE_OK && os::recording()) os::record_write(name_of(f), at, from, static_cast<std::size_t>(n));
  return rc;
}
int truncate_file(sqlite3_file* f, sqlite3_int64 n) {
  int rc = real(f)->pMethods->xTruncate(real(f), n);
  if (rc == SQLITE_OK && os::recording()) os::record_event('t', name_of(f), n);
  return rc;
}
int sync_file(sqlite3_file* f, int flags) {
  auto fault = os::fault("db.sync");
  if (fault == os::Fault::skip) return SQLITE_OK;
  if (fault != os::Fault::none) {  // as the real one says it, whatever the cause
    sqlite3_log(SQLITE_IOERR_FSYNC, "injected");
    return SQLITE_IOERR_FSYNC;
  }
  auto& folder_too = reinterpret_cast<File*>(f)->folder_too;
  if (os::recording()) {
    os::record_event('b', name_of(f));
    if (folder_too) os::record_event('b', ".");
  }
  int rc = real(f)->pMethods->xSync(real(f), flags);
  if (rc == SQLITE_OK && os::recording()) {
    os::record_event('s', name_of(f));
    if (std::exchange(folder_too, false)) os::record_event('s', ".");
  }
  return rc;
}
int file_size(sqlite3_file* f, sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); }
int lock_file(sqlite3_file* f, int l) { return real(f)->pMethods->xLock(real(f), l); }
int unlock_file(sqlite3_file* f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
int check_lock(sqlite3_file* f, int* out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int at, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  bool makes = (flags & SQLITE_OPEN_CREATE) != 0;
  bool folder_too = makes && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  auto* file = new (f) File{{nullptr}, reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(f) + 1), name, folder_too};
  bool there = !name || !os::recording() || ::access(name, F_OK) == 0;
  int rc = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
  if (rc == SQLITE_OK && makes && !there) os::record_event('c', name_of(f));
  if (file->real->pMethods) file->base.pMethods = &methods;
  return rc;
}

int delete_file(sqlite3_vfs*, const char* name, int sync) {
  int rc = real_vfs->xDelete(real_vfs, name, sync);
  if (rc == SQLITE_OK && os::recording()) {
    os::record_event('d', std::strrchr(name, '/') + 1);
    if (sync) {
      os::record_event('b', ".");
      os::record_event('s', ".");
    }
  }
  return rc;
}

}  // namespace

void install_fault_vfs() {
  if (real_vfs) return;
  real_vfs = sqlite3_vfs_find(nullptr);
  methods = {2,         close_file,   read_file,   write_file,  truncate_file,   sync_file,
             file_size, lock_file,    unlock_file, check_lock,  control,         sector_size,
             characteristics, shm_map, shm_lock,   shm_barrier, shm_unmap,       nullptr,
             nullptr};
  static sqlite3_vfs vfs = *real_vfs;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  vfs.zName = "tk-fault";
  vfs.pNext = nullptr;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace tk::store::detail
#endif
