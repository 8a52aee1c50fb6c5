#include "core/store/detail/fault_vfs.hpp"

#ifdef TK_FAULTS
#include <sqlite3.h>

#include <new>

#include "core/os/fault.hpp"

namespace tk::store::detail {
namespace {

struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

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
      return SQLITE_IOERR_WRITE;
    case os::Fault::none: break;
  }
  return real(f)->pMethods->xWrite(real(f), from, n, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); }
int sync_file(sqlite3_file* f, int flags) {
  if (auto fault = os::fault("db.sync"); fault != os::Fault::none)
    return fault == os::Fault::enospc ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
  return real(f)->pMethods->xSync(real(f), flags);
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
  auto* file = new (f) File{{nullptr}, reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(f) + 1)};
  int rc = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
  if (file->real->pMethods) file->base.pMethods = &methods;
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
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace tk::store::detail
#endif
