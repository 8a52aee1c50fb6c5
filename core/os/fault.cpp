#include "core/os/fault.hpp"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string_view>

namespace tk::os {

int fault_errno(Fault fault) {
  if (fault == Fault::enospc) return ENOSPC;
  if (fault == Fault::eio) return EIO;
  return 0;
}

#ifdef TK_FAULTS
namespace {

struct Plan {
  std::string_view point, action;
  long nth = 1;
  bool armed = false;
};

Plan read_plan() {
  Plan plan;
  const char* text = getenv("TK_FAIL_AT");
  if (!text) return plan;
  std::string_view s = text;
  auto equals = s.rfind('=');
  if (equals == s.npos) return plan;
  plan.action = s.substr(equals + 1);
  s = s.substr(0, equals);
  if (auto colon = s.rfind(':'); colon != s.npos) {
    plan.nth = atol(s.data() + colon + 1);
    s = s.substr(0, colon);
  }
  plan.point = s;
  plan.armed = true;
  return plan;
}

}  // namespace

Fault fault(const char* point) {
  static const Plan plan = read_plan();
  static std::atomic<long> passed{0};
  if (!plan.armed || (plan.point != "*" && plan.point != point)) return Fault::none;
  // "eio" and "enospc" go on failing from the nth time: a full disk stays full.
  static const bool lasting = plan.action == "enospc" || plan.action == "eio" || plan.action == "skip" ||
                              plan.action.starts_with("slow:");
  auto now = ++passed;
  if (lasting ? now < plan.nth : now != plan.nth) return Fault::none;
  if (plan.action == "kill") {
    ::kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (plan.action == "throw") throw std::logic_error("thrown by TK_FAIL_AT");
  if (plan.action == "enospc") return Fault::enospc;
  if (plan.action == "eio") return Fault::eio;
  if (plan.action == "short") return Fault::short_io;
  if (plan.action == "skip") return Fault::skip;
  if (plan.action.starts_with("slow:"))
    usleep(static_cast<useconds_t>(atol(plan.action.data() + 5)) * 1000);
  return Fault::none;
}
#endif

}  // namespace tk::os
