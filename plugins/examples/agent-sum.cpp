// An agent plugin in C++ (man tk-plugin): adds the numbers of the list `numbers`. It polls for input
// while it works, so that a cancel is seen. Uses nlohmann/json; any JSON library will do.
#include <poll.h>
#include <unistd.h>

#include <deque>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using Json = nlohmann::json;

void say(Json message) {
  message["jsonrpc"] = "2.0";
  std::cout << message.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}
void refuse(const Json& id, int code, const std::string& why) {
  say({{"id", id}, {"error", {{"code", code}, {"message", why}}}});
}
struct Work {
  Json id;
  std::vector<double> numbers;
  std::size_t at = 0;
  double sum = 0;
};
std::deque<Work> under_way;
void begin(const Json& id, const Json& params) {
  Work work{id, {}, 0, 0};
  auto input = params.value("input", Json::object());
  if (!input.is_object() || !input.contains("numbers") || !input["numbers"].is_array())
    return refuse(id, -32602, "the input has no list `numbers`");
  for (const auto& n : input["numbers"]) {
    if (!n.is_number()) return refuse(id, -32602, "not a number: " + n.dump());
    work.numbers.push_back(n.get<double>());
  }
  under_way.push_back(std::move(work));
}
void cancel(const Json& id) {
  for (auto it = under_way.begin(); it != under_way.end(); ++it) {
    if (it->id != id) continue;
    refuse(id, -32800, "cancelled");
    under_way.erase(it);
    return;
  }
}

// A little of the work; what is done is answered.
void go_on() {
  auto& work = under_way.front();
  for (int i = 0; i < 1000 && work.at < work.numbers.size(); ++i) work.sum += work.numbers[work.at++];
  if (work.at < work.numbers.size()) return;
  say({{"id", work.id}, {"result", {{"output", {{"sum", work.sum}}}}}});
  under_way.pop_front();
}

bool handle(const std::string& line) {
  auto message = Json::parse(line, nullptr, false);
  if (message.is_discarded()) return refuse(nullptr, -32700, "no JSON"), true;
  if (!message.is_object()) message = Json::object();
  auto id = message.value("id", Json());
  if (!message.contains("method") || !message["method"].is_string())
    return refuse(id, -32600, "no request"), true;
  std::string method = message["method"];
  auto params = message.value("params", Json::object());
  if (!params.is_object()) params = Json::object();
  if (id.is_null()) {
    if (method == "cancel") cancel(params.value("id", Json()));
  } else if (method == "initialize") {
    say({{"id", id}, {"result", {{"protocol", 1}, {"kind", "agent"}, {"name", "sum"}, {"version", "1.0"},
                                 {"capabilities", Json::object()}}}});
  } else if (method == "run") {
    begin(id, params);
  } else if (method == "shutdown") {
    say({{"id", id}, {"result", nullptr}});
    return false;
  } else {
    refuse(id, -32601, "no method " + method);
  }
  return true;
}

}  // namespace

int main() {
  std::string read_so_far;
  for (char buffer[65536];;) {
    for (std::size_t end; (end = read_so_far.find('\n')) != std::string::npos; read_so_far.erase(0, end + 1))
      if (!handle(read_so_far.substr(0, end))) return 0;
    pollfd in{STDIN_FILENO, POLLIN, 0};
    if (::poll(&in, 1, under_way.empty() ? -1 : 0) > 0) {
      auto n = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (n <= 0) return 0;
      read_so_far.append(buffer, static_cast<std::size_t>(n));
    } else if (!under_way.empty()) {
      go_on();
    }
  }
}
