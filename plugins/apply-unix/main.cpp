// apply-unix: carries out a signed plan on the accounts below a root folder. It reads no XML, asks no network and
// starts no program. `tk repo apply` starts it; as root it takes keys from /etc/tk/plan-keys only.
//
//   apply-unix check   --root DIR [--key KEY]… <PLAN    stands everything as the plan says?
//   apply-unix apply   --root DIR [--key KEY]… <PLAN
//   apply-unix recover --root DIR                       ends what was cut
//
// Exit: 0 done · 1 failed, nothing changed · 2 not a plan · 3 the system does not let it · 4 stale · 8 not signed by
// a known key · 75 try again (the disk is full, somebody else holds the lock, or it was cut after its commit)
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "plugins/apply-unix/transaction.hpp"

namespace {

using namespace tk::apply_unix;

std::string read_input() {
  std::string out;
  char buffer[1 << 16];
  for (;;) {
    auto n = ::read(0, buffer, sizeof buffer);
    if (n < 0) fail_errno("cannot read the plan");
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > kMaxPlan) throw Failure{kInvalid, "the plan is too long"};
  }
}

// The keys of the machine itself, which only root writes.
std::vector<std::string> keys_of_machine() {
  std::vector<std::string> out;
  Tree machine("/");
  auto st = machine.status("/etc/tk/plan-keys");
  if (!st) throw Failure{kDenied, "nobody's plans are carried out on this machine: /etc/tk/plan-keys is missing"};
  if (st->st_uid != 0 || (st->st_mode & 022) != 0) throw Failure{kDenied, "/etc/tk/plan-keys can be written by others than root"};
  auto text = machine.read("/etc/tk/plan-keys", 1u << 20).value_or("");
  for (std::string_view rest = text; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty() && line[0] != '#') out.emplace_back(line.substr(0, line.find(' ')));
  }
  return out;
}

bool is_this_machine(const Tree& tree) {
  struct stat there {
  }, here{};
  if (::fstat(tree.root(), &there) != 0 || ::stat("/", &here) != 0) fail_errno("cannot look at the root folder");
  return there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

// Who can write into the root folder or its etc says what root does here, by a plan that is "half done".
void check_owners(const Tree& tree) {
  struct stat top {};
  if (::fstat(tree.root(), &top) != 0) fail_errno("cannot look at the root folder");
  auto etc = tree.status("/etc");
  for (const auto* st : {&top, etc ? &*etc : nullptr})
    if (st && (st->st_uid != 0 || (st->st_mode & 022) != 0))
      throw Failure{kDenied, "the root folder or its etc can be written by others than root: root does nothing there"};
}

int run(int argc, char** argv) {
  std::string verb = argc > 1 ? argv[1] : "", root;
  std::vector<std::string> keys;
  for (int i = 2; i + 1 < argc; i += 2) {
    std::string_view word = argv[i];
    if (word == "--root")
      root = argv[i + 1];
    else if (word == "--key")
      keys.emplace_back(argv[i + 1]);
    else
      throw Failure{kInvalid, "unknown option " + std::string(word)};
  }
  if ((verb != "check" && verb != "apply" && verb != "recover") || root.empty() || argc % 2 != 0)
    throw Failure{kInvalid, "usage: apply-unix check|apply|recover --root DIR [--key KEY]... <PLAN"};
  Tree tree(root);
  if (tree.privileged()) check_owners(tree);
  Transaction transaction(tree);
  Outcome out;
  if (verb == "recover") {
    out = transaction.recover();
  } else {
    // Whatever its name: /. and a mount of / are this machine too.
    if (tree.privileged() && is_this_machine(tree)) keys = keys_of_machine();
    auto plan = read_plan(read_input());
    check_signature(plan, keys);
    if (verb == "check")
      out.already = transaction.check(plan) ? plan.ops.size() : 0;
    else
      out = transaction.apply(plan);
  }
  std::printf("done\t%zu\nalready\t%zu\n", out.done, out.already);
  if (!out.recovered.empty()) std::printf("recovered\t%s\n", out.recovered.c_str());
  for (const auto& what : out.left) std::printf("left\t%s\n", what.c_str());
  return std::fflush(stdout) == 0 ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  try {
    return run(argc, argv);
  } catch (const Failure& failure) {
    auto after = failure.committed ? " (the plan is committed; the next apply or recover goes on with it)" : "";
    std::fprintf(stderr, "%s%s\n", failure.message.c_str(), after);
    return failure.committed ? kAgain : failure.exit;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return kFailed;
  }
}
