// tk's side of plugins/vault-broker, the one program that opens secrets: it runs in a box of its
// own, and tk hands it descriptors that tk does not read. Errors: vault_broker where it cannot do
// its work, vault_no_key, vault_value, vault_integrity.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/box/box.hpp"
#include "core/vault/channel.hpp"
#include "core/vault/sealed.hpp"

namespace tk::vault {

// Whose key it is: whom secrets are sealed to, and what a manifest's signature is checked with
// (base64).
struct Member {
  std::string recipient, signer;
};

struct Use {
  Sealed secret;
  bool as_file =
      false;  // a sealed memory file, whose path stands in the variable; else the value does
  std::string variable, shown;
};

// What the consumer writes: where that comes from, and where it goes without the secrets.
struct Stream {
  int from, to;
};

class Broker {
 public:
  // Begins: what it takes to be there is waited for at the first question. `account`: its uid,
  // where root gives accounts; layers of `missing` may be missing.
  static Result<Broker> start(std::uint32_t account, const std::set<std::string>& missing = {});
  const std::vector<box::Layer>& layers() const {
    return running_.layers();
  }  // behind the first question
  const std::string& memory() const {
    return memory_;
  }  // what holds its keys: memfd_secret, mlock, plain

  Result<Member> keys(const std::string& path);  // a 0600 file of the caller's, of which it reads
  Result<void>
  begin();  // before it is asked anything, where there is something else to do meanwhile
  Result<void> idle();                              // it is there, whatever it could open
  Result<void> tell_keys(const std::string& path);  // the same, without waiting: what is wrong with
                                                    // them the next answer says
  Result<Member> generate(const std::string& path);  // makes that file; os_io where there is one
  struct Wanted {
    std::size_t least = 1;      // bytes
    bool find = true;           // it must be long enough to be masked
    bool keep_newline = false;  // of the end
    bool one_line = false;      // up to a newline: what somebody types
  };
  Result<Sealed> seal(const Place& place, int value, std::span<const age::Recipient> to,
                      const Wanted& wanted);
  // Its next version, of the same value.
  Result<Sealed> seal_next(const Sealed& secret, std::span<const age::Recipient> to,
                           std::size_t least);
  // Each for these recipients, in their order; it goes on while `done` looks at what it has.
  using Done = std::function<Result<void>(std::size_t i, std::string value)>;
  Result<void> reseal(std::span<const Sealed> secrets, std::span<const age::Recipient> to,
                      const Done& done);
  struct Signed {
    std::string signer, signature;
  };
  Result<Signed> sign(const std::string& text);
  Result<void> reveal(const Sealed& secret, bool json, int to);
  // They are opened, and then on their way to whoever reads the other end of `socket`
  // (box::Box::secrets). Does not wait for that:
  Result<void> use(std::span<const Use> uses, std::size_t least, bool may_be_short, int socket,
                   std::span<const Stream> streams);
  Result<void> opened();
  // How often each was found in the output, when that has ended.
  Result<std::map<std::string, std::int64_t>> found();
  bool gone() const;  // it ended, without a word about the output

 private:
  Broker(Descriptor socket, box::Running running)
      : socket_(std::move(socket)), running_(std::move(running)) {}
  Result<void> tell(const std::vector<std::string>& words, std::span<const int> descriptors);
  Result<Message> ask(const std::vector<std::string>& words, std::span<const int> descriptors = {});
  Result<Message> answer();
  Result<void> give_keys(const std::string& path);
  Result<Member> member(const Result<Message>& message);

  Descriptor socket_;
  box::Running running_;
  bool begun_ = false, keys_asked_ = false;
  std::string memory_;
};

}  // namespace tk::vault
