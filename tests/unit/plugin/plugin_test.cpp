#include "core/plugin/plugin.hpp"

#include <doctest/doctest.h>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"

namespace {

using namespace tk;
using plugin::Plugin;

constexpr const char* kHello =
    "read -r l; printf '%s\\n' '{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocol\":1,\"kind\":\"agent\",\"name\":\"t\","
    "\"version\":\"1\",\"capabilities\":{}}}'\n"
    "ok() { printf '{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}\\n' \"$1\" \"$2\"; }\n"
    "id() { l=${l#*'\"id\":'}; printf %s \"${l%%,*}\"; }\n";

// A plugin that says hello and then runs `body`.
plugin::Launch script(const std::string& body, bool greets = true) {
  plugin::Launch launch;
  launch.kind = "agent";
  launch.name = "agent-t";
  launch.command = {"/bin/sh", "-c", (greets ? kHello : "") + body};
  launch.environment = {"PATH=/usr/bin:/bin"};
  launch.handshake_ms = greets ? 10'000 : 500;
  return launch;
}

struct Folder {
  std::string path = os::temporary_directory("tk-plugin-").value();
  ~Folder() { static_cast<void>(os::remove_tree(path)); }
};

}  // namespace

TEST_CASE("calls under way at once are answered by their ids, in any order") {
  Plugin p(script("read -r a; read -r b; read -r c; for l in \"$c\" \"$a\" \"$b\"; do i=$(id); ok $i $i; done; read -r l"));
  auto a = p.call("run", Value::Map{}, 5000), b = p.call("run", Value::Map{}, 5000), c = p.call("run", Value::Map{}, 5000);
  CHECK(p.wait(a).value() == Value(a));
  CHECK(p.wait(b).value() == Value(b));
  CHECK(p.wait(c).value() == Value(c));
}

TEST_CASE("a plugin that crashes fails the calls that it had seen, names its last words and is started again") {
  Folder f;
  auto file = f.path + "/started";
  Plugin p(script("if [ ! -e " + file + " ]; then touch " + file + "; read -r l; echo 'out of beans' >&2; kill -SEGV $$; fi\n"
                  "read -r l; ok $(id) 7; read -r l"));
  auto lost = p.wait(p.call("run", Value::Map{}, 5000));
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().code == Code::plugin_failed);
  CHECK(lost.error().message == "agent-t was ended by signal 11: out of beans");
  auto began = clock::monotonic_ns();
  CHECK(p.wait(p.call("run", Value::Map{}, 5000)).value() == Value(7));
  CHECK(clock::monotonic_ns() - began > 80'000'000);  // not at once
}

TEST_CASE("after six failures in a row it stays down, and each call says so at once") {
  Plugin p(script("exit 3", false));
  auto got = p.wait(p.call("run", Value::Map{}, 60'000));  // waits through the starts
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().message.starts_with("agent-t ended with status 3"));
  auto again = p.wait(p.call("run", Value::Map{}, 0));
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().message.starts_with("agent-t"));
  CHECK(again.error().hint.find("in a row") != std::string::npos);
}

TEST_CASE("a plugin that hangs is told to let go, then ended; the call ends in time") {
  Plugin p(script("trap '' TERM; while :; do read -r l || sleep 60; done"));
  auto began = clock::monotonic_ns();
  auto got = p.wait(p.call("run", Value::Map{}, 200));
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == Code::plugin_timeout);
  CHECK(got.error().message.find("hangs") != std::string::npos);
  CHECK(clock::monotonic_ns() - began < 3'000'000'000);
}

TEST_CASE("one that lets go when it is told to lives on") {
  Plugin p(script("read -r l; i=$(id); read -r l; printf '{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32800,"
                  "\"message\":\"gone\"}}\\n' $i; read -r l; ok $(id) 1; read -r l"));
  auto slow = p.call("run", Value::Map{}, 200);
  auto got = p.wait(slow);
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == Code::interrupted);
  CHECK(p.wait(p.call("run", Value::Map{}, 5000)).value() == Value(1));
}

TEST_CASE("only what was cancelled is cancelled, and a token that was given is not told again") {
  Plugin p(script("read -r l; i=$(id); printf '{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32800,"
                  "\"message\":\"no, s3cret\"}}\\n' $i; read -r l"));
  auto got = p.wait(p.call("run", Value::Map{{"token", "s3cret"}}, 5000));
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == Code::plugin_refused);
  CHECK(got.error().message == "agent-t: no, ***");
}

TEST_CASE("breaches of the protocol are said in one line") {
  struct Bad {
    std::string body, said;
    Code code = Code::plugin_protocol;
    bool greets = true;
  };
  std::vector<Bad> all = {
      {"read -r l; ok 77 1; sleep 9", "answered 77, which nobody asked"},
      {"read -r l; i=$(id); echo '{\"jsonrpc\":\"2.0\",\"id\":\"'$i'\",\"result\":1}'; sleep 9", "without an integer id"},
      {"read -r l; echo hello; sleep 9", "not JSON: hello"},
      {"read -r l; echo '[1]'; sleep 9", "no JSON object"},
      {"read -r l; echo '{\"id\":1,\"result\":1}'; sleep 9", "without \"jsonrpc\""},
      {"read -r l; echo '{\"jsonrpc\":\"2.0\",\"id\":1}'; sleep 9", "either a result or an error"},
      {"read -r l; echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"secrets\"}'; sleep 9", "a plugin only answers"},
      {"read -r l; printf '\\377\\n'; sleep 9", "not JSON"},
      {"read -r l; yes '{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"message\":\"again and again and again\"}}'",
       "floods", Code::plugin_flood},
      {"read -r l; head -c 40000000 /dev/zero | tr '\\0' x; sleep 9", "", Code::plugin_flood},
      {"echo '{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocol\":2,\"kind\":\"agent\"}}'; sleep 9", "speaks protocol 2",
       Code::plugin_protocol, false},
      {"echo '{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocol\":1,\"kind\":\"sink\"}}'; sleep 9", "as sink",
       Code::plugin_protocol, false},
      {"sleep 9", "did not answer initialize within", Code::plugin_timeout, false},
  };
  for (const auto& bad : all) {
    CAPTURE(bad.body);
    Plugin p(script(bad.body, bad.greets));
    auto id = p.call("run", Value::Map{}, bad.greets ? 20'000 : 700);
    auto got = p.wait(id);
    REQUIRE_FALSE(got.has_value());
    if (bad.greets) CHECK(got.error().code == bad.code);
    CHECK(got.error().message.starts_with("agent-t"));
    CHECK(got.error().message.find(bad.said) != std::string::npos);
    CHECK(got.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("one that does not read cannot hold tk up") {
  Plugin p(script("sleep 60"));
  auto began = clock::monotonic_ns();
  std::string big(8u << 20, 'x');
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(p.call("run", Value::Map{{"x", big}}, 20'000));
  for (auto id : ids) {
    auto got = p.wait(id);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().message.find("does not read") != std::string::npos);
    break;
  }
  CHECK(clock::monotonic_ns() - began < 15'000'000'000);
}

TEST_CASE("shutdown ends it within two seconds, whatever it does, with all that it started") {
  Folder f;
  auto file = f.path + "/pid";
  auto began = clock::monotonic_ns();
  {
    Plugin p(script("sleep 300 & echo $! > " + file + "; read -r l; ok $(id) 1; sleep 300"));
    CHECK(p.wait(p.call("run", Value::Map{}, 5000)).value() == Value(1));
  }
  CHECK(clock::monotonic_ns() - began < 4'000'000'000);
  auto pid = os::read_file(file).value();
  // Killed with the group; the kernel may take a moment.
  auto alive = [&] { return os::exists("/proc/" + pid.substr(0, pid.find('\n')) + "/exe"); };
  auto until = clock::monotonic_ns() + 2'000'000'000;
  while (alive() && clock::monotonic_ns() < until) {
  }
  CHECK_FALSE(alive());
}

TEST_CASE("lines that tk writes have their members in the order that the manual promises") {
  CHECK(plugin::request_line(7, "run", Value::Map{{"b", 1}, {"a", "x\n"}}) ==
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"run\",\"params\":{\"a\":\"x\\n\",\"b\":1}}\n");
  CHECK(plugin::notification_line("cancel", Value::Map{{"id", 7}}) ==
        "{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":7}}\n");
}
