// vault-broker: the one program that opens secrets. tk starts it in a box of its own (no network,
// no files but the system's programs) and asks it over the socket that is its standard input
// (core/vault/channel.hpp). What is secret comes in and goes out through descriptors that came with
// a question: a key's file, the value that a person gives, the socket of the consumer.
//
//   idle                                            what its memory is
//   keys [FILE]                                     the identities (age) that it opens secrets with
//   generate [FILE]                                 a new one, into that file
//   seal, place …, recipient …, min N, one-line [FD]   the value that is read there
//   reseal, recipient …, secret PLACE VALUE …, min N, next   each for these recipients; `next`: as
//   its next version sign [words…], text TEXT                        a manifest, by the first
//   identity reveal, secret PLACE VALUE, json [FD] use, secret PLACE VALUE …, as KIND NAME SHOWN …,
//   min N [SOCKET, FROM, TO…]
//
// PLACE is REF, ID and VERSION with spaces between. An answer begins with `ok`, or is `no`, KIND,
// WHY. `use` has a second one behind the end of the consumer's output: `done`, found NAME N ….
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/json/json.hpp"
#include "core/vault/channel.hpp"
#include "core/vault/scrub.hpp"
#include "core/vault/sealed.hpp"
#include "plugins/vault-broker/memory.hpp"
#include "plugins/vault-broker/relay.hpp"

namespace {

using namespace tk;
using namespace tk::vault_broker;
using vault::Message;
using Words = std::vector<std::string>;

constexpr int kTk = STDIN_FILENO;
constexpr std::size_t kLongestKeyFile = 64u << 10, kLongestValue = 512u << 10,
                      kLongestVariable = 128u << 10;

struct No {
  std::string kind, why;
};

std::string read_up_to(int fd, std::size_t most, bool one_line = false) {
  std::string out(most + 1, '\0');
  std::size_t size = 0;
  while (size < out.size()) {
    auto n = ::read(fd, out.data() + size, out.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw No{"value", "it could not be read: " + std::string(std::strerror(errno))};
    size += static_cast<std::size_t>(n);
    if (n == 0 || (one_line && std::memchr(out.data(), '\n', size))) break;
  }
  out.resize(size);
  return out;
}

std::int64_t number(std::string_view text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// REF ID VERSION, and what stands behind them.
std::pair<vault::Place, std::string_view> place_of(std::string_view words) {
  vault::Place out;
  for (auto* to : {&out.ref, &out.id}) {
    auto space = std::min(words.find(' '), words.size());
    *to = words.substr(0, space);
    words.remove_prefix(std::min(words.size(), space + 1));
  }
  auto space = std::min(words.find(' '), words.size());
  out.version = number(words.substr(0, space));
  words.remove_prefix(std::min(words.size(), space + 1));
  return {out, words};
}

class Broker {
 public:
  // False: there is nothing more to do.
  bool serve() {
    auto message = vault::receive(kTk);
    if (!message || message->words.empty()) return false;
    auto verb = message->words[0];
    try {
      if (verb == "use") return use(*message), false;
      answer(verb == "idle"       ? Words{std::string("memory ") + word(weakest())}
             : verb == "keys"     ? take_keys(*message)
             : verb == "generate" ? generate(*message)
             : verb == "seal"     ? seal(*message)
             : verb == "reseal"   ? reseal(*message)
             : verb == "sign"     ? sign(*message)
             : verb == "reveal"   ? reveal(*message)
                                  : throw No{"broker", "it does not know " + verb});
    } catch (const No& no) {
      vault::send(kTk, {"no", no.kind, no.why});
    } catch (const std::exception& error) {
      vault::send(kTk, {"no", "broker", error.what()});
    }
    return true;
  }

 private:
  static void answer(Words words) {
    words.insert(words.begin(), "ok");
    vault::send(kTk, words);
  }

  static int descriptor(const Message& message, std::size_t i = 0) {
    if (i >= message.descriptors.size()) throw No{"broker", "a descriptor is missing"};
    return message.descriptors[i].get();
  }

  // What a person signs with comes of what he opens with, so that there is one key to keep.
  crypto::SigningKey signing_key() const {
    if (keys_.empty()) throw No{"no-key", "there is no key"};
    auto seed = crypto::hkdf_sha256(crypto::view(keys_[0].secret()), "", "tk vault signing key 1");
    auto out = crypto::SigningKey::from_seed(seed);
    crypto::wipe(seed.data(), seed.size());
    return out;
  }

  Words whose() const {
    auto point = signing_key().public_key();
    return {"recipient " + keys_[0].recipient().text(),
            "signer " + base64::encode({reinterpret_cast<const char*>(point.data()), point.size()}),
            std::string("memory ") + word(weakest())};
  }

  Words take_keys(const Message& message) {
    auto text = read_up_to(descriptor(message), kLongestKeyFile);
    keys_.clear();
    for (auto line : text::split(text, '\n')) {
      while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
      if (line.empty() || line.starts_with('#')) continue;
      auto key = vault::age::Identity::parse(line);
      if (!key)
        throw No{"no-key", "its file has a line that is no identity of age (AGE-SECRET-KEY-1…)"};
      keys_.push_back(*key);
    }
    if (keys_.empty()) throw No{"no-key", "its file has no identity"};
    return whose();
  }

  Words generate(const Message& message) {
    keys_.assign(1, vault::age::Identity::generate());
    auto text = "# public key: " + keys_[0].recipient().text() + "\n" + keys_[0].text() + "\n";
    if (!write_whole(descriptor(message), text) || ::fsync(descriptor(message)) != 0)
      throw No{"broker", "the key could not be written"};
    return whose();
  }

  static std::vector<vault::age::Recipient> recipients(const Message& message) {
    std::vector<vault::age::Recipient> out;
    for (auto text : message.all("recipient")) {
      auto one = vault::age::Recipient::parse(text);
      if (!one) throw No{"value", text::printable(text) + " is no recipient (age1…)"};
      out.push_back(*one);
    }
    if (out.empty()) throw No{"value", "it is sealed to nobody"};
    return out;
  }

  static void check(std::string_view value, std::int64_t least, bool find) {
    if (value.empty()) throw No{"value", "it is empty"};
    if (value.size() > kLongestValue) throw No{"value", "it is longer than 512 KiB"};
    if (static_cast<std::int64_t>(value.size()) < least)
      throw No{"value",
               "it has less than " + std::to_string(least) + " bytes, which anybody could try out"};
    if (find && !vault::Scrubber::can_find(value))
      throw No{
          "short",
          "it is too short to be told from other text, so that no output could be kept free of it"};
  }

  static Words seal(const Message& message) {
    auto [place, rest] = place_of(message.get("place"));
    bool one_line =
        std::find(message.words.begin(), message.words.end(), "one-line") != message.words.end();
    auto value = read_up_to(descriptor(message), kLongestValue + 1, one_line);
    bool keep = std::find(message.words.begin(), message.words.end(), "keep-newline") !=
                message.words.end();
    if (!keep && value.ends_with('\n')) value.pop_back();
    if (!keep && value.ends_with('\r')) value.pop_back();
    check(value, number(message.get("min")), !message.get("find").empty());
    return {"value " + vault::seal(place, value, recipients(message))};
  }

  std::string open(const vault::Place& place, std::string_view sealed) const {
    auto value = vault::open(place, sealed, {keys_, {}});
    if (value) return std::move(*value);
    bool no_key = value.error().kind == vault::age::Failure::no_match;
    throw No{no_key ? "no-key" : "integrity",
             place.ref + ": " + (no_key ? "it is not sealed to this key" : value.error().why)};
  }

  Words reseal(const Message& message) {
    auto to = recipients(message);
    auto secrets = message.all("secret");
    auto least = number(message.get("min"));
    bool next = !message.get("next").empty();
    Words out(secrets.size());
    auto parts = std::max<std::size_t>(
        1, std::min<std::size_t>(std::thread::hardware_concurrency(), secrets.size() / 16));
    std::vector<std::string> troubles(parts), kinds(parts);
    workers_.run(parts, [&](std::size_t part) {
      try {
        for (auto i = part; i < secrets.size(); i += parts) {
          auto [place, sealed] = place_of(secrets[i]);
          auto value = open(place, sealed);
          check(value, least, false);
          if (next) ++place.version;
          out[i] = "value " + vault::seal(place, value, to);
        }
      } catch (const No& no) {
        kinds[part] = no.kind, troubles[part] = no.why;
      }
    });
    for (std::size_t part = 0; part < parts; ++part)
      if (!kinds[part].empty()) throw No{kinds[part].c_str(), troubles[part]};
    return out;
  }

  Words sign(const Message& message) const {
    auto text = message.get("text");
    if (!text.starts_with("tk-vault 1\n"))
      throw No{"broker", "it signs manifests of vaults, and nothing else"};
    auto signature = signing_key().sign(text);
    auto out = whose();
    out.push_back("signature " + base64::encode({reinterpret_cast<const char*>(signature.data()),
                                                 signature.size()}));
    return out;
  }

  Words reveal(const Message& message) const {
    auto [place, sealed] = place_of(message.get("secret"));
    auto value = open(place, sealed);
    if (!message.get("json").empty()) {
      bool is_text = text::invalid_utf8(value) == value.npos;
      value = "{\n  \"ref\": " + json::quote(place.ref) + ",\n  \"" +
              (is_text ? "value" : "value_base64") +
              "\": " + json::quote(is_text ? value : base64::encode(value)) +
              ",\n  \"version\": " + std::to_string(place.version) + "\n}\n";
    } else if (::isatty(descriptor(message)) == 1) {
      value += '\n';
    }
    if (!write_whole(descriptor(message), value)) throw No{"broker", "nobody reads it"};
    return {};
  }

  // What the consumer gets: its environment, and memory files that nobody can change
  // (memfd_create(2), F_SEAL_*).
  static void hand_over(int socket, const Message& message, const Secrets& secrets) {
    auto how = message.all("as");
    int next = 10;
    std::string words;
    for (std::size_t i = 0; i < how.size(); ++i) {
      auto parts = text::split(how[i], ' ');
      if (parts[0] == "env") {
        words += std::string(parts[1]) + "=" + secrets[i].second + '\0';
        continue;
      }
      int fd = ::memfd_create("secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
      if (fd < 0 || !write_whole(fd, secrets[i].second) || ::lseek(fd, 0, SEEK_SET) != 0 ||
          ::fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        throw No{"broker", "no sealed memory file"};
      vault::Descriptor owned(fd);
      pass(socket, std::string(parts[1]) + "=/dev/fd/" + std::to_string(next++) + '\0', fd);
    }
    words += '\0';
    write_whole(socket, words);
  }

  static void pass(int socket, std::string_view words, int fd) {
    iovec part{const_cast<char*>(words.data()), words.size()};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof fd)] = {};
    msghdr message{nullptr, 0, &part, 1, room, sizeof room, 0};
    auto* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
    if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) throw No{"broker", "the consumer is gone"};
  }

  void use(Message& message) {
    Secrets values, shown;
    try {
      auto how = message.all("as");
      auto sealed = message.all("secret");
      if (how.size() != sealed.size())
        throw No{"broker", "not every secret has a place in its consumer"};
      for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto [place, rest] = place_of(sealed[i]);
        auto parts = text::split(how[i], ' ');
        if (parts.size() != 3) throw No{"broker", "as KIND NAME SHOWN"};
        values.emplace_back(parts[1], open(place, rest));
        const auto& value = values.back().second;
        check(value, number(message.get("min")), message.get("short").empty());
        if (parts[0] == "env" && parts[1].size() + value.size() + 2 > kLongestVariable)
          throw No{"value",
                   place.ref + " is longer than a variable can be (128 KiB): have it with --as-fd"};
        if (parts[0] == "env" && value.find('\0') != value.npos)
          throw No{"value",
                   place.ref + " holds a NUL byte, which no environment can: have it with --as-fd"};
        if (vault::Scrubber::can_find(value)) shown.emplace_back(parts[2], value);
      }
    } catch (const No& no) {
      vault::send(kTk, {"no", no.kind, no.why});
      return;
    }
    answer({std::string("memory ") + word(weakest())});
    // In pairs behind the socket: where the consumer writes, and where that goes without the
    // secrets.
    std::map<std::string, std::uint64_t> found;
    std::mutex adding;
    std::deque<Thread> outputs;
    for (std::size_t i = 0; 2 + 2 * i < message.descriptors.size(); ++i) {
      auto from = std::move(message.descriptors.at(1 + 2 * i)),
           to = std::move(message.descriptors.at(2 + 2 * i));
      auto body = [from = std::make_shared<vault::Descriptor>(std::move(from)),
                   to = std::make_shared<vault::Descriptor>(std::move(to)), &shown, &found,
                   &adding]() mutable {
        auto here = relay_without(shown, from->get(), to->get());
        from->close();  // who still writes there hears that nobody reads
        to->close();
        std::lock_guard guard(adding);
        for (const auto& [name, times] : here) found[name] += times;
      };
      outputs.emplace_back(std::move(body));
    }
    try {
      hand_over(descriptor(message), message, values);
    } catch (const No&) {
      // Its box ends without them, and with it the streams.
    }
    message.descriptors.clear();
    for (auto& one : outputs) one.join();
    Words out{"done"};
    for (const auto& [name, times] : found)
      out.push_back("found " + name + " " + std::to_string(times));
    vault::send(kTk, out);
  }

  std::vector<vault::age::Identity> keys_;
  Workers workers_;
};

}  // namespace

int main() {
  ::prctl(PR_SET_DUMPABLE, 0);
  ::signal(SIGPIPE, SIG_IGN);
  use_secret_memory();
  Thread work([] {
    auto* broker = new Broker;
    while (broker->serve()) {
    }
    ::_exit(0);
  });
  work.join();
}
