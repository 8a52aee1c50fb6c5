// The fault seam (FORMATS.md, Faults): TK_FAIL_AT=<point>[:nth]=kill|throw|enospc|eio|short|slow:<ms>|skip.
// Compiled into test builds only (TK_FAULTS); elsewhere it costs nothing. The point "*" counts every
// point that is passed, so "*:137=kill" ends the process at its 137th. `kill` does not return; `slow` and `skip` (a flush that is left out, to
// measure what it costs) go on from the nth time. `throw` stands for a bug of tk: what nobody expects and catches.
#pragma once

namespace tk::os {

enum class Fault { none, enospc, eio, short_io, skip };

#ifdef TK_FAULTS
Fault fault(const char* point);
#else
inline Fault fault(const char*) { return Fault::none; }
#endif

// The errno that stands for the fault; 0 for none.
int fault_errno(Fault fault);

}  // namespace tk::os
