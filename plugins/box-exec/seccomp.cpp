#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <iterator>

#include "plugins/box-exec/box.hpp"
#include "plugins/box-exec/calls.hpp"  // generated

namespace tk::box_exec {

void restrict_calls(const Box& box) {
  auto load = [](const auto& filter) {
    sock_fprog program{static_cast<unsigned short>(std::size(filter)), const_cast<sock_filter*>(filter)};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) refuse("seccomp", "load a filter");
  };
  if (!box.unix_sockets) load(kNoUnix);
  load(kBut);
  load(kOnly);
}

}  // namespace tk::box_exec
