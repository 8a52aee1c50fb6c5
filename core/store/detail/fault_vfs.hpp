// In test builds: a VFS in front of the default one whose writes and flushes pass the fault points
// db.write and db.sync. In other builds nothing.
#pragma once

namespace tk::store::detail {

#ifdef TK_FAULTS
void install_fault_vfs();
#else
inline void install_fault_vfs() {}
#endif

}  // namespace tk::store::detail
