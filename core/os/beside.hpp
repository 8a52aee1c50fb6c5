// Work that is done beside what its caller goes on with; where the machine gives no thread, when it is asked for.
#pragma once

#include <future>
#include <system_error>
#include <utility>

namespace tk::os {

template <class F>
auto beside(F work) -> std::future<decltype(work())> {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, std::move(work));
  }
}

}  // namespace tk::os
