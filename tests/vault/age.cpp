// age files of core/vault for the tests beside other implementations:
//   age decrypt FILE [--passphrase WORD] [IDENTITY…]   prints the text; or one of "armor", "header", "no_match", "mac", "payload" on stderr, exit 1
//   age encrypt RECIPIENT… | --passphrase WORD         text on stdin, armored file on stdout
//   age keygen                                         an identity and its recipient, a line each
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/os/file.hpp"
#include "core/vault/age.hpp"

namespace age = tk::vault::age;

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  std::optional<std::string> passphrase;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "--passphrase") {
      passphrase = words[i + 1];
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i), words.begin() + static_cast<std::ptrdiff_t>(i) + 2);
      break;
    }
  if (words.empty()) return 2;
  if (words[0] == "keygen") {
    auto made = age::Identity::generate();
    std::printf("%s\n%s\n", made.text().c_str(), made.recipient().text().c_str());
    return 0;
  }
  if (words[0] == "encrypt") {
    auto text = tk::os::read_stdin();
    std::vector<age::Recipient> recipients;
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto one = age::Recipient::parse(words[i]);
      if (!one) return 2;
      recipients.push_back(*one);
    }
    auto file = passphrase ? age::encrypt(*text, *passphrase, 10) : age::encrypt(*text, recipients);
    std::fputs(age::armored(file).c_str(), stdout);
    return 0;
  }
  auto file = tk::os::read_file(words[1]);
  std::vector<age::Identity> identities;
  for (std::size_t i = 2; i < words.size(); ++i)
    if (auto one = age::Identity::parse(words[i])) identities.push_back(*one);
  age::Keys keys{identities, {}};
  if (passphrase) keys.passphrase = *passphrase;
  // A vector says what it is; a file is known by its beginning.
  bool armored = std::getenv("AGE_ARMORED") != nullptr;
  auto binary = armored ? age::dearmored(*file) : tl::expected<std::string, age::Failure>(*file);
  auto text = binary.and_then([&](const auto& bytes) { return age::decrypt(bytes, keys); });
  if (!text) {
    static constexpr const char* kKinds[] = {"armor", "header", "no_match", "mac", "payload"};
    std::fprintf(stderr, "%s: %s\n", kKinds[text.error().kind], text.error().why.c_str());
    return 1;
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return 0;
}
