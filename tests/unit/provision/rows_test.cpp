#include <acl/libacl.h>
#include <doctest/doctest.h>
#include <sys/acl.h>
#include <unistd.h>

#include <random>

#include "core/os/file.hpp"
#include "core/provision/acl_text.hpp"
#include "core/provision/observed.hpp"
#include "core/provision/places.hpp"
#include "core/provision/row.hpp"
#include "core/provision/sudoers.hpp"
#include "core/provision/wanted.hpp"
#include "plugins/apply-unix/acl.hpp"

using namespace tk;
using namespace tk::provision;

TEST_CASE("a row fits in what it says; of shadow the password is the account's own") {
  CHECK(row_fits("a:x:1:1::/home/a:/bin/sh", "a:x:1:1::/home/a:/bin/sh", "passwd"));
  CHECK_FALSE(row_fits("a:=:1:1::/home/a:/bin/sh", "a:x:1:1::/home/a:/bin/sh", "passwd"));
  CHECK(row_fits("a:=:=:", "a:!::", "gshadow"));
  for (const char* open : {"*", "", "!", "$y$hash"}) {
    CHECK(row_fits("a:?=:=", "a:" + std::string(open) + ":1", "shadow"));
    CHECK_FALSE(row_fits("a:!=:=", "a:" + std::string(open) + ":1", "shadow"));
  }
  for (const char* closed : {"!*", "!!", "!$y$hash"}) {
    CHECK(row_fits("a:!=:=", "a:" + std::string(closed) + ":1", "shadow"));
    CHECK_FALSE(row_fits("a:?=:=", "a:" + std::string(closed) + ":1", "shadow"));
  }
  CHECK(row_fits("g:x:1:a,b", "g:x:1:b,a", "group"));
  CHECK_FALSE(row_fits("g:x:1:a,b", "g:x:1:a", "group"));
  for (const char* other : {"g:x:1", "g:x:1:a:b", "g", ""}) CHECK_FALSE(row_fits("g:x:1:a", other, "group"));
  CHECK_FALSE(row_fits("s:100:1", "s:100", "subuid"));
}

TEST_CASE("no password stands in a plan, and no new row is without one") {
  CHECK(without_password("a:$y$secret:1::::::", "shadow").find("secret") == std::string::npos);
  CHECK(without_password("g:secret::a", "gshadow").find("secret") == std::string::npos);
  for (const char* row : {"a:!=:=:0:99999:7::1:", "a:?=:=:0:99999:7:::", "a:~:=:=:=:=:=:=:="}) {
    auto fresh = fresh_row(row, "shadow", "20000");
    CHECK(std::count(fresh.begin(), fresh.end(), ':') == 8);
    CHECK_FALSE(field_of(fresh, 1).empty());
    CHECK(field_of(fresh, 1).find_first_not_of("!*") == std::string_view::npos);
    CHECK(fresh.find_first_of("=?~") == std::string::npos);
  }
  CHECK(is_locked(field_of(fresh_row("a:!=:=:0:99999:7::1:", "shadow", "1"), 1)));
}

TEST_CASE("what is wanted is read as it was written") {
  Ids ids;
  Desired desired;
  for (unsigned n = 0; n < 20; ++n) {
    Account a;
    a.name = "u" + std::to_string(n);
    a.ref = "user:acme.web/" + a.name;
    a.entity = "01900000-0000-7000-8000-0000000000" + std::to_string(10 + n);
    a.home = "/home/" + a.name;
    a.shell = "/bin/bash";
    a.gecos = n % 3 == 0 ? "" : "Ä, b = c";
    a.uid = n % 4 == 0 ? 1000 + n : 20000 + n;
    a.locked = n % 5 == 0;
    a.keep = n % 6 == 0;
    a.still = n % 12 == 0;
    a.keys = n % 2 == 0 ? "" : "ssh-ed25519 AAAA " + a.name + "\n";
    desired.accounts[a.name] = a;
  }
  desired.groups["g"] = {"group:acme/g", "01900000-0000-7000-8000-000000000099", "g", 20100, {"u1", "u2"}};
  desired.sudo["tk-20001"] = {"user:acme.web/u1", "tk-20001", "u1 ALL=(root) /usr/bin/true \"\"\n"};
  desired.folders["/srv/x"] = {"directory:acme/x", "/srv/x", "0755:0:0:"};
  auto wanted = Wanted::of(desired, ids);
  CHECK(wanted.items().size() > 120);
  auto again = Wanted::read(std::string(wanted.text()), "t");
  REQUIRE(again);
  CHECK(again->text() == wanted.text());
  REQUIRE(again->items().size() == wanted.items().size());
  for (std::size_t i = 0; i < wanted.items().size(); ++i) {
    CHECK(again->items()[i].kind == wanted.items()[i].kind);
    CHECK(again->items()[i].fields == wanted.items()[i].fields);
  }
  auto behind = Wanted::read("head\n" + std::string(wanted.text()), "t", 5);
  REQUIRE(behind);
  CHECK(behind->text() == wanted.text());
  // cut anywhere but behind a line it is no such text
  std::string text(wanted.text());
  for (std::size_t at = 1; at < text.size(); at += 7) CHECK(Wanted::read(text.substr(0, at), "t").has_value() == (text[at - 1] == '\n'));
  for (const char* bad : {"account\n", "account\ta\n", "row\tpasswd\tx\n", "other\n", "else\tx\n", "row\ta\tb\tc\td\n", "\n"})
    CHECK_FALSE(Wanted::read(bad, "t"));
}

TEST_CASE("an ACL is said as libacl says it, and stands in a folder as it was said") {
  std::mt19937 random(7);
  auto folder = os::temporary_directory("tk-acl-").value();
  bool privileged = ::geteuid() == 0;
  apply_unix::Tree tree(folder);
  unsigned stood = 0;
  for (int n = 0; n < 300; ++n) {
    DirectoryAcl acl;
    acl.mode = random() % 4 == 0 ? 02770 : 0700 | static_cast<std::uint32_t>(random() % 0100);
    for (auto* entries : {&acl.access, &acl.is_default}) {
      for (auto i = random() % 4; i > 0; --i) entries->users[20000 + static_cast<std::uint32_t>(random() % 5)] = random() % 8;
      for (auto i = random() % 3; i > 0; --i) entries->groups[30000 + static_cast<std::uint32_t>(random() % 5)] = random() % 8;
    }
    auto spec = spec_of(acl, 0, 0);
    auto texts = spec.substr(spec.find(':', spec.find(':', spec.find(':') + 1) + 1) + 1);
    for (const auto& text : {texts.substr(0, texts.find(';')), texts.find(';') == texts.npos ? "" : texts.substr(texts.find(';') + 1)}) {
      if (text.empty()) continue;
      acl_t read = ::acl_from_text(text.c_str());
      REQUIRE(read);
      CHECK(::acl_valid(read) == 0);
      char* said = ::acl_to_any_text(read, nullptr, ',', TEXT_NUMERIC_IDS);
      CHECK(std::string(said) == text);
      ::acl_free(said), ::acl_free(read);
    }
    if (!privileged) spec = spec.substr(0, 4) + ":-:-:" + texts;
    try {
      apply_unix::check_directory(spec, "/d");
      apply_unix::make_directory(tree, "/d", spec);
    } catch (const apply_unix::Failure& failure) {
      REQUIRE_MESSAGE(failure.error == ENOTSUP, failure.message);
      MESSAGE("this file system has no ACLs: nothing was set");
      break;
    }
    CHECK(apply_unix::read_directory(tree, "/d") == spec);
    if (privileged) CHECK(Observed::folder(folder, "/d").value() == spec);
    ++stood;
  }
  CHECK(os::remove_tree(folder));
  MESSAGE(stood << " ACLs stood");
}

TEST_CASE("read_acl takes named entries of people who are known") {
  auto number = [](const std::string& name, bool group) -> std::optional<std::uint32_t> {
    if (name == "eve") return 20000;
    if (name == "web" && group) return 20001;
    return std::nullopt;
  };
  CHECK(read_acl("u:eve:rwx, default:group:web:r-x", number));
  for (const char* bad : {"u:bob:r", "u:web:r", "u::rwx", "mask::r", "other::r", "u:eve:rwxr", "u:eve:", "u:eve", "eve:r", "u:eve:r:w", "default",
                          "d:", ":", "u:eve:q"}) {
    CHECK_MESSAGE(!read_acl(bad, number), bad);
  }
}

TEST_CASE("sudo: a whole command of a program that root put there, and does one thing") {
  CHECK(sudo_commands("/usr/bin/true").value() == "/usr/bin/true \"\"");
  CHECK(sudo_commands("/usr/bin/systemctl restart web, /opt/web/bin/deploy now").value() ==
        "/usr/bin/systemctl restart web, /opt/web/bin/deploy now");
  for (const char* bad : {"",
                          ",",
                          "true",
                          "ALL",
                          "/usr/bin/",
                          "/usr/bin/.",
                          "/usr/bin/../bin/true",
                          "/usr//bin/true",
                          "/home/eve/x",
                          "/tmp/x",
                          "/srv/x",
                          "/usr/bin/true *",
                          "/usr/bin/true\n",
                          "/usr/bin/true;id",
                          "/usr/bin/a:b",
                          "/usr/bin/a=b",
                          "/usr/bin/a\\b",
                          "!/usr/bin/true",
                          "/usr/bin/vim.tiny",
                          "/usr/bin/python3.11 x",
                          "/usr/bin/systemctl",
                          "/usr/bin/systemctl status x",
                          "/usr/bin/systemctl edit x",
                          "/bin/su",
                          "/usr/sbin/usermod x",
                          "/usr/bin/tk repo apply",
                          "/"})
    CHECK_MESSAGE(!sudo_commands(bad), std::string(bad));
  CHECK(sudo_line("eve", "", true, "/usr/bin/true \"\"") == "eve ALL=(root) NOPASSWD: /usr/bin/true \"\"\n");
  CHECK(sudo_line("eve", "web", false, "/usr/bin/true \"\"") == "eve ALL=(web) /usr/bin/true \"\"\n");
}

TEST_CASE("options of a key stand in one line, and its parts are told") {
  for (const char* good : {"", "restrict", "restrict,pty", "from=\"10.0.0.0/8,*.example.org\"", "no-pty,no-user-rc"})
    CHECK_MESSAGE(check_key_options(good), good);
  for (const char* bad : {"restrict\nssh-rsa AAAA", "environment=\"LD_PRELOAD=x\"", "cert-authority", "from=", "from=\"x", "principals=\"root\"",
                          "tunnel=\"1\"", "restrict pty", ","})
    CHECK_MESSAGE(!check_key_options(bad), std::string(bad));
  auto line = read_key_line("  from=\"a b\",restrict ssh-ed25519 AAAA eve at home");
  CHECK(line.options == "from=\"a b\",restrict");
  CHECK(line.type == "ssh-ed25519");
  CHECK(line.blob == "AAAA");
  CHECK(line.comment == "eve at home");
  CHECK(key_of_line("# nothing").empty());
  CHECK(key_of_line("").empty());
  CHECK(key_of_line("ssh-ed25519 AAAA one") == key_of_line("ssh-ed25519 AAAA two"));
  CHECK(key_of_line("restrict ssh-ed25519 AAAA") != key_of_line("ssh-ed25519 AAAA"));
  CHECK_FALSE(key_of_line("what is this").empty());
}

TEST_CASE("folders of the system are nobody's") {
  for (const char* path : {"", "/", "x", "/etc", "/etc/x", "/usr/local", "/root", "/home", "/srv", "/var", "/var/lib", "/var/log/x",
                           "/var/lib/sudo/ts", "/var/spool/cron/crontabs", "/srv/.tk-attic", "/tmp/x"})
    CHECK_MESSAGE(folder_of_the_system(path), path);
  for (const char* path : {"/srv/x", "/opt/x/y", "/home/x", "/data", "/etcetera", "/var/lib/web", "/var/www/x", "/rooted"})
    CHECK_MESSAGE(!folder_of_the_system(path), path);
  CHECK(no_place_for_a_home("/data"));
  CHECK_FALSE(no_place_for_a_home("/home/x"));
}

TEST_CASE("Rows: each is found by its name, and what no program reads alike is refused") {
  Rows rows;
  REQUIRE(rows.read("# by hand\nroot:x:0:0::/:/bin/sh\n\n+@nis::::::\neve:x:20000:20000::/home/eve:/bin/sh", "/etc/passwd"));
  CHECK(rows.rows().size() == 2);
  CHECK(rows.find("eve") == "eve:x:20000:20000::/home/eve:/bin/sh");
  CHECK_FALSE(rows.find("ev"));
  CHECK_FALSE(rows.find("+@nis"));
  CHECK(rows.before("root") == ":");
  CHECK(rows.before("eve") == "root");
  for (const char* bad : {"a:x:1\n", "a:x:01:1::/:/x\n", "a:x:-1:1::/:/x\n", "a:x:4294967295:1::/:/x\n", "a:x:4294967296:1::/:/x\n", ":x:1:1::/:/x\n",
                          "a\n", "a:x:1:1::/:/x\na:x:2:2::/:/x\n", "a:x:1:1::/:/x\r\n"}) {
    Rows other;
    CHECK_MESSAGE(!other.read(bad, "/etc/passwd"), bad);
  }
}
