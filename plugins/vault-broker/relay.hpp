// Passes on what the consumer of secrets writes, without the secrets.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tk::vault_broker {

using Secrets = std::vector<std::pair<std::string, std::string>>;  // name, value

// Until `from` ends or nobody reads `to` any more. How often each secret was found.
std::map<std::string, std::uint64_t> relay_without(const Secrets& secrets, int from, int to);

bool write_whole(int fd, std::string_view bytes);

}  // namespace tk::vault_broker
