#include "core/vault/broker.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "core/box/paths.hpp"
#include "core/os/file.hpp"

namespace tk::vault {
namespace {

std::string words_of(const Place& place) {
  return place.ref + " " + place.id + " " + std::to_string(place.version);
}

std::string words_of(const Sealed& secret) {
  return "secret " + words_of(secret.place) + " " + secret.value;
}

Error error_of(const Message& message) {
  auto word = [&](std::size_t i) {
    return i < message.words.size() ? message.words[i] : std::string();
  };
  auto kind = word(1);
  if (kind == "no-key")
    return {Code::vault_no_key,
            word(2),
            {},
            "tk vault init prints this workspace's recipient; who has a key adds it: tk vault "
            "recipients add",
            nullptr};
  if (kind == "short")
    return {Code::vault_value,
            word(2),
            {},
            "take a longer one; --short says that this is known",
            nullptr};
  if (kind == "value")
    return {Code::vault_value,
            word(2),
            {},
            "a value has 1 byte to 512 KiB, and 16 bytes at least where it is lent",
            nullptr};
  if (kind == "integrity")
    return {Code::vault_integrity,
            word(2),
            {},
            "git log -p shows who changed it; tk vault audit names all that differs",
            nullptr};
  return {Code::vault_broker, "vault-broker: " + word(2), {}, "tk vault doctor", nullptr};
}

}  // namespace

Result<Broker> Broker::start(std::uint32_t account, const std::set<std::string>& missing) {
  auto program = os::self_path();
  program = program.substr(0, program.rfind('/')) + "/plugins/vault-broker";
  auto [ours, its] = socket_pair();
  if (its.get() < 0) return fail(os::errno_error(errno, "open a socket for", program));
  box::Box box;
  box.uid = box.gid = account;
  box.missing = missing;
  box::add_system(box);
  TK_CHECK(box::add_path(box, os::real_path(program), box::Use::exec, ""));
  box.command = {os::real_path(program)};
  os::Spawn spawn;
  spawn.standard[0] = its.get();
  spawn.own_session = true;
  TK_TRY(auto running, box::Running::start(box, std::move(spawn)));
  return Broker(std::move(ours), std::move(running));
}

Result<Message> Broker::answer() {
  auto message = receive(socket_.get());
  if (!message) {
    if (auto why = running_.refusal(); !why) return fail(why.error());
    return fail(Code::vault_broker, "vault-broker ended without a word", "tk vault doctor");
  }
  if (message->words.empty() || message->words[0] == "no") return fail(error_of(*message));
  if (auto memory = message->get("memory"); !memory.empty()) memory_ = memory;
  return std::move(*message);
}

Result<void> Broker::begin() {
  if (begun_) return {};
  TK_CHECK(running_.ready());
  running_.begin();
  begun_ = true;
  return {};
}

Result<void> Broker::tell(const std::vector<std::string>& words, std::span<const int> descriptors) {
  TK_CHECK(begin());
  send(socket_.get(), words, descriptors);
  return {};
}

Result<Message> Broker::ask(const std::vector<std::string>& words,
                            std::span<const int> descriptors) {
  TK_CHECK(tell(words, descriptors));
  return answer();
}

Result<Member> Broker::member(const Result<Message>& message) {
  if (!message) return fail(message.error());
  return Member{std::string(message->get("recipient")), std::string(message->get("signer"))};
}

Result<void> Broker::give_keys(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT)
    return fail(Code::vault_no_key, "there is no key of the vault here: " + path + " is missing",
                "tk vault init makes one, or put yours there (mode 0600)");
  struct stat st {};
  if (file.get() < 0 || ::fstat(file.get(), &st) != 0)
    return fail(os::errno_error(errno, "open", path));
  if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 ||
      (st.st_uid != ::geteuid() && ::geteuid() != 0))
    return fail(Code::os_permission, path + " is not a file that only its owner may read",
                "chmod 600 it if nobody read it meanwhile; else: tk vault init, and have the old "
                "one removed");
  int fd = file.get();
  return tell({"keys"}, {&fd, 1});
}

Result<Member> Broker::keys(const std::string& path) {
  TK_CHECK(give_keys(path));
  return member(answer());
}

Result<void> Broker::idle() {
  return ask({"idle"}).transform([](auto&&) {});
}

Result<void> Broker::tell_keys(const std::string& path) {
  keys_asked_ = true;
  return give_keys(path);
}

Result<Member> Broker::generate(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return fail(os::errno_error(errno, "make", path));
  int fd = file.get();
  auto out = member(ask({"generate"}, {&fd, 1}));
  if (!out) ::unlink(path.c_str());
  return out;
}

Result<Sealed> Broker::seal(const Place& place, int value, std::span<const age::Recipient> to,
                            const Wanted& wanted) {
  std::vector<std::string> words{"seal", "place " + words_of(place),
                                 "min " + std::to_string(wanted.least)};
  if (wanted.find) words.push_back("find yes");
  if (wanted.keep_newline) words.push_back("keep-newline");
  if (wanted.one_line) words.push_back("one-line");
  for (const auto& one : to) words.push_back("recipient " + one.text());
  TK_TRY(auto message, ask(words, {&value, 1}));
  return Sealed{place, std::string(message.get("value"))};
}

Result<Sealed> Broker::seal_next(const Sealed& secret, std::span<const age::Recipient> to,
                                 std::size_t least) {
  std::vector<std::string> words{"reseal", "next yes", "min " + std::to_string(least),
                                 words_of(secret)};
  for (const auto& one : to) words.push_back("recipient " + one.text());
  TK_TRY(auto message, ask(words));
  auto place = secret.place;
  ++place.version;
  return Sealed{place, std::string(message.get("value"))};
}

Result<void> Broker::reseal(std::span<const Sealed> secrets, std::span<const age::Recipient> to,
                            const Done& done) {
  constexpr std::size_t kAtOnce = 200;  // what lies in its memory at a time
  auto ask_for = [&](std::size_t from) {
    std::vector<std::string> words{"reseal"};
    for (const auto& one : to) words.push_back("recipient " + one.text());
    for (const auto& one : secrets.subspan(from, std::min(kAtOnce, secrets.size() - from)))
      words.push_back(words_of(one));
    return tell(words, {});
  };
  if (!secrets.empty()) TK_CHECK(ask_for(0));
  for (std::size_t from = 0; from < secrets.size(); from += kAtOnce) {
    TK_TRY(auto message, answer());
    if (from + kAtOnce < secrets.size()) TK_CHECK(ask_for(from + kAtOnce));
    auto values = message.all("value");
    if (values.size() != std::min(kAtOnce, secrets.size() - from))
      return fail(Code::vault_broker, "vault-broker gave another number of secrets");
    for (std::size_t i = 0; i < values.size(); ++i)
      TK_CHECK(done(from + i, std::string(values[i])));
  }
  return {};
}

Result<Broker::Signed> Broker::sign(const std::string& text) {
  TK_TRY(auto message, ask({"sign", "text " + text}));
  return Signed{std::string(message.get("signer")), std::string(message.get("signature"))};
}

Result<void> Broker::reveal(const Sealed& secret, bool json, int to) {
  std::vector<std::string> words{"reveal", words_of(secret)};
  if (json) words.push_back("json yes");
  return ask(words, {&to, 1}).transform([](auto&&) {});
}

Result<void> Broker::use(std::span<const Use> uses, std::size_t least, bool may_be_short,
                         int socket, std::span<const Stream> streams) {
  std::vector<std::string> words{"use", "min " + std::to_string(least)};
  if (may_be_short) words.push_back("short yes");
  for (const auto& one : uses) {
    words.push_back(words_of(one.secret));
    words.push_back(std::string("as ") + (one.as_file ? "file " : "env ") + one.variable + " " +
                    one.shown);
  }
  std::vector<int> descriptors{socket};
  for (const auto& one : streams) descriptors.insert(descriptors.end(), {one.from, one.to});
  return tell(words, descriptors);
}

Result<void> Broker::opened() {
  if (std::exchange(keys_asked_, false)) TK_CHECK(answer());
  return answer().transform([](auto&&) {});
}

Result<std::map<std::string, std::int64_t>> Broker::found() {
  TK_TRY(auto message, answer());
  std::map<std::string, std::int64_t> out;
  for (auto words : message.all("found")) {
    auto space = words.rfind(' ');
    std::int64_t times = 0;
    std::from_chars(words.data() + space + 1, words.data() + words.size(), times);
    out.emplace(words.substr(0, space), times);
  }
  return out;
}

bool Broker::gone() const {
  char byte = 0;
  return ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace tk::vault
