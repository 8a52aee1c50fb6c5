// Refresh families and invitations against a model of them, and against each other:
//   tokens model STEPS SEED   random uses of refresh and access tokens by their owners and by thieves, over a clock
//                             that jumps; what is answered is exactly what the model says, and no reuse is missed
//   tokens race N             N processes present one refresh token: one lineage; then half of them an older one
//   tokens accept N           N processes accept one invitation: one does
// Prints one line of figures; exits 1 at the first thing that is wrong.
#include <cstdio>

#include "core/acl/invitation.hpp"
#include "core/acl/refresh.hpp"
#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/os/file.hpp"
#include "core/record/made_up.hpp"
#include "tests/acl/processes.hpp"
#include "tests/acl/world.hpp"

using namespace tk;
using namespace tk::test;
using record::Dice;

namespace {

std::int64_t g_now = 1'800'000'000'000'000'000;
std::int64_t injected() { return g_now; }
std::int64_t ms() { return g_now / 1'000'000; }
std::int64_t seconds() { return g_now / 1'000'000'000; }

acl::Realm realm(const std::string& root) { return {root + "/keys", "tk:test", "tk"}; }

struct Access {
  std::string token;
  std::int64_t issued = 0, expires = 0;  // seconds
  int epoch = 0;
};

struct Family {
  std::string id;
  int owner = 0, epoch = 0, turn = 0;
  std::vector<std::string> refresh;  // all that were handed out, the n-th at n
  std::int64_t rotated = 0, expires = 0;  // milliseconds
  bool live = true;
  std::vector<Access> access;
};

class Run {
 public:
  Run(const std::string& root, std::uint64_t seed)
      : dice_(seed), realm_(realm(root)), world_(must(World::open(root, {}), "open")),
        verifier_(world_->store(), world_->gate().index(), realm_) {}

  void step() {
    switch (dice_.below(12)) {
      case 0: begin(); break;
      case 1: case 2: jump(); break;
      case 3: if (dice_.one_in(40)) revoke(static_cast<int>(dice_.below(kParties))); break;
      case 4: case 5: case 6: check(); break;
      default: present();
    }
  }

  void finish() {
    for (auto& f : families_) look_at_all(f);
    std::printf("%zu families: %zu renewed, %zu retries got the same successor, %zu reuses all found, %zu too late or revoked, "
                "%zu made up; %zu access tokens good, %zu refused\n",
                families_.size(), renewed_, retried_, reused_, late_, forged_, good_, refused_);
    if (renewed_ == 0 || retried_ == 0 || reused_ == 0 || late_ == 0 || forged_ == 0 || good_ == 0 || refused_ == 0)
      wrong("something never happened");
  }

 private:
  void begin() {
    int who = static_cast<int>(dice_.below(kParties));
    auto actor = world_->actor(lender(who));
    acl::Wanted wanted;
    wanted.subject = must(acl::party_of(world_->store(), actor), "party");
    wanted.audience = "tk";
    wanted.context = "a";
    auto owner = world_->actor("user:a/owner");
    auto made = must(acl::new_family(realm_, wanted, kLife, owner, world_->trace()), "family");
    wanted.family = made.id;
    wanted.expires_ms = (seconds() + kLife) * 1000;
    auto issued = must(acl::issue(world_->store(), world_->gate().index(), realm_, wanted, owner, world_->trace()), "issue");
    std::vector<record::Change> batch;
    batch.push_back(std::move(made.change));
    batch.push_back(std::move(issued.change));
    must(world_->store().apply(std::move(batch)), "apply");
    Family f;
    f.id = made.id;
    f.owner = who;
    f.epoch = epochs_[who];
    f.refresh.push_back(made.refresh_token);
    f.rotated = ms();
    f.expires = ms() + acl::kRefreshLife;
    f.access.push_back({issued.token, seconds(), seconds() + kLife, f.epoch});
    families_.push_back(std::move(f));
  }

  // Mostly a little forwards, sometimes to an edge, over a day, or back.
  void jump() {
    static constexpr std::int64_t kSecond = 1'000'000'000;
    switch (dice_.below(20)) {
      case 0: g_now += 10 * kSecond; break;
      case 1: g_now += 10 * kSecond - 1'000'000; break;
      case 2: g_now += kLife * kSecond; break;
      case 3: if (dice_.one_in(8)) g_now += acl::kRefreshLife * 1'000'000; break;
      case 4: g_now -= static_cast<std::int64_t>(dice_.below(60)) * kSecond; break;
      case 5: if (dice_.one_in(8)) g_now -= 3600 * kSecond; break;
      default: g_now += static_cast<std::int64_t>(dice_.below(3'000)) * 1'000'000;
    }
  }

  Family* any() { return families_.empty() ? nullptr : &families_[families_.size() - 1 - dice_.below(std::min<std::size_t>(families_.size(), 12))]; }

  // The owner, who has the newest; the owner again, who got no answer; a thief with an older one; or a word made up.
  void present() {
    auto* f = any();
    if (!f) return;
    auto n = f->turn;
    if (dice_.one_in(4) && n > 0) n -= 1;
    else if (dice_.one_in(6) && n > 0) n = static_cast<int>(dice_.below(static_cast<std::size_t>(n)));
    auto token = f->refresh[static_cast<std::size_t>(n)];
    bool made_up = dice_.one_in(10);
    if (made_up) {
      auto& c = token[4 + dice_.below(token.size() - 4)];
      c = c == 'A' ? 'B' : 'A';
    }
    auto got = acl::refresh(world_->store(), world_->gate().index(), realm_, token, world_->trace());
    if (!got && got.error().code != Code::acl_refresh) wrong("refresh: " + describe(got.error()));
    if (made_up) {
      if (got) wrong("a refresh token that was made up");
      ++forged_;
      return;
    }
    // What must be, from what is promised alone.
    auto since = ms() - f->rotated;
    bool newest = n == f->turn, again = n + 1 == f->turn && since >= -30'000 && since < 10'000;
    if (!f->live) return no(got, *f, late_);
    if (!newest && !again) {
      f->live = false;
      no(got, *f, reused_);
      return look_at_all(*f);
    }
    if (newest && ms() >= f->expires) return no(got, *f, late_);
    if (f->epoch != epochs_[f->owner]) return no(got, *f, late_);
    if (!got) wrong("a good refresh token: " + describe(got.error()));
    if (newest) {
      for (const auto& old : f->refresh)
        if (old == got->refresh_token) wrong("the same refresh token twice");
      f->refresh.push_back(got->refresh_token);
      ++f->turn;
      f->rotated = ms();
      f->expires = ms() + acl::kRefreshLife;
      ++renewed_;
    } else {
      if (got->refresh_token != f->refresh.back()) wrong("a retry got another successor");
      ++retried_;
    }
    f->access.push_back({got->access.token, seconds(), seconds() + kLife, f->epoch});
    expect(*f, f->access.back());
  }

  void no(const Result<acl::Refreshed>& got, const Family& f, std::size_t& count) {
    if (got) wrong("refresh token of " + f.id + " was taken at " + std::to_string(ms()));
    ++count;
  }

  void revoke(int who) {
    auto change = must(acl::judge(world_->store(), acl::Verdict::revoke, world_->actor(lender(who)), world_->actor("user:a/owner"),
                                  world_->trace(), "lost"), "judge");
    must(world_->store().apply(std::move(change)), "revoke");
    ++epochs_[who];
  }

  void check() {
    auto* f = any();
    if (f) expect(*f, f->access[f->access.size() - 1 - dice_.below(std::min<std::size_t>(f->access.size(), 4))]);
  }

  void look_at_all(Family& f) {
    for (auto& a : f.access) expect(f, a);
  }

  void expect(const Family& f, const Access& a) {
    bool must_be = f.live && a.epoch == epochs_[f.owner] && seconds() < a.expires && a.issued <= seconds() + 30;
    auto got = must(verifier_.verify(a.token), "verify");
    if (got->valid != must_be)
      wrong("an access token is " + std::string(got->valid ? "good" : "refused") + " (" + got->reason + "), issued " +
            std::to_string(a.issued) + ", until " + std::to_string(a.expires) + ", now " + std::to_string(seconds()));
    ++(must_be ? good_ : refused_);
  }

  static constexpr std::int64_t kLife = 60;
  Dice dice_;
  acl::Realm realm_;
  std::unique_ptr<World> world_;
  acl::Verifier verifier_;
  std::vector<Family> families_;
  int epochs_[kParties] = {};
  std::size_t renewed_ = 0, retried_ = 0, reused_ = 0, late_ = 0, forged_ = 0, good_ = 0, refused_ = 0;
};

void model_test(const std::string& root, std::size_t steps, std::uint64_t seed) {
  Run run(root, seed);
  for (std::size_t i = 0; i < steps; ++i) run.step();
  run.finish();
}

// ---- races

acl::Family new_family(World& w, const acl::Realm& at) {
  acl::Wanted wanted;
  wanted.subject = must(acl::party_of(w.store(), w.actor(lender(0))), "party");
  wanted.audience = "tk";
  wanted.context = "a";
  auto made = must(acl::new_family(at, wanted, 300, w.actor("user:a/owner"), w.trace()), "family");
  must(w.store().apply(std::move(made.change)), "apply");
  return made;
}

struct Shared {
  std::atomic<int> ready, yes, no;
  char said[1024][1600];  // successor, blank, access token
};

void race_test(const std::string& root, int n) {
  auto at = realm(root);
  auto* s = shared<Shared>();
  std::string id, first;
  {
    auto w = must(World::open(root, {}), "open");
    auto made = new_family(*w, at);
    id = made.id;
    first = made.refresh_token;
  }
  auto present = [&](const std::function<std::string(int)>& word) {
    s->ready = s->yes = s->no = 0;
    in_processes(n, [&](int k) {
      auto w = must(World::open(root, {}), "open");
      ++s->ready;
      while (s->ready < n) ::usleep(100);
      auto got = acl::refresh(w->store(), w->gate().index(), at, word(k), w->trace());
      if (!got && got.error().code != Code::acl_refresh) wrong("refresh: " + describe(got.error()));
      std::snprintf(s->said[k], sizeof s->said[k], "%s", got ? (got->refresh_token + " " + got->access.token).c_str() : "");
      ++(got ? s->yes : s->no);
    });
  };
  auto access = [&](int k) { return std::string(s->said[k]).substr(std::string(s->said[k]).find(' ') + 1); };
  auto successor = [&](int k) { return std::string(s->said[k]).substr(0, std::string(s->said[k]).find(' ')); };
  // The clock stands still, so that all of them are retries of one another.
  present([&](int) { return first; });
  auto second = successor(0);
  std::set<std::string> different;
  auto w = must(World::open(root, {}), "open");
  std::optional<acl::Verifier> verifier;
  verifier.emplace(w->store(), w->gate().index(), at);
  for (int k = 0; k < n; ++k) {
    if (successor(k) != second || second == first) wrong("two lineages");
    if (!must(verifier->verify(access(k)), "verify")->valid) wrong("an access token of the race");
    different.insert(access(k));
  }
  auto record = must(w->store().get(id), "family");
  if (s->yes != n || record.fields.at("turn").integer() != 1 || record.state != "live" || different.size() != static_cast<std::size_t>(n))
    wrong("not one turn of one family");
  std::vector<std::string> earlier(different.begin(), different.end());
  // The newest by some, the one before the one before by others: it is a reuse, whoever comes first.
  auto third = must(acl::refresh(w->store(), w->gate().index(), at, second, w->trace()), "third");
  earlier.push_back(third.access.token);
  verifier.reset();
  w.reset();
  present([&](int k) { return k % 2 == 0 ? third.refresh_token : first; });
  w = must(World::open(root, {}), "open");
  verifier.emplace(w->store(), w->gate().index(), at);
  record = must(w->store().get(id), "family");
  if (record.state != "dead" || s->no < n / 2) wrong("a reuse in a race was not found");
  for (int k = 0; k < n; ++k) {
    if (k % 2 == 1 && s->said[k][0] != 0) wrong("an old refresh token in a race");
    if (s->said[k][0] != 0) earlier.push_back(access(k));
  }
  for (const auto& token : earlier)
    if (must(verifier->verify(token), "verify")->valid) wrong("an access token outlived its family");
  std::printf("%d processes renew at once: one successor, turn 1; a race with %d reuses: the family is dead, %zu access tokens with it\n",
              n, n / 2, earlier.size());
}

void accept_test(const std::string& root, int n) {
  auto at = realm(root);
  auto* s = shared<Shared>();
  std::string code, id;
  {
    auto w = must(World::open(root, {}), "open");
    auto made = must(acl::invite(w->store(), at, "Ada@Example.org", "role:a/asks", "a", w->actor("user:a/owner"), w->trace()), "invite");
    code = made.code;
    id = made.invitation.id;
  }
  in_processes(n, [&](int k) {
    auto w = must(World::open(root, {}), "open");
    auto welcome = acl::open_invitation(w->store(), w->gate().index(), at, code, "ada@example.org", w->trace());
    ++s->ready;
    while (s->ready < n) ::usleep(100);  // all of them have found it open
    if (!welcome) wrong("open: " + describe(welcome.error()));
    auto done = w->store().apply(acl::acceptance(*welcome, ids::uuid7(), w->trace()));
    if (!done && done.error().exit() != Exit::conflict && done.error().code != Code::record_event)
      wrong("accept: " + describe(done.error()));
    ++(done ? s->yes : s->no);
    s->said[k][0] = done ? 1 : 0;
  });
  auto w = must(World::open(root, {}), "open");
  auto again = acl::open_invitation(w->store(), w->gate().index(), at, code, "ada@example.org", w->trace());
  if (s->yes != 1 || s->no != n - 1 || again || must(w->store().get(id), "invitation").state != "used")
    wrong(std::to_string(s->yes) + " accepted one invitation");
  std::printf("%d processes accept one invitation: 1 did, %d came too late\n", n, s->no.load());
}

}  // namespace

int main(int argc, char** argv) {
  clock::inject(injected);
  auto words = std::vector<std::string>(argv + 1, argv + argc);
  auto number = [&](std::size_t i) { return words.size() > i ? std::atoi(words[i].c_str()) : 0; };
  auto root = must(os::temporary_directory("tk-tokens"), "folder");
  auto what = words.empty() ? std::string() : words[0];
  if (what == "model") model_test(root, static_cast<std::size_t>(number(1)), static_cast<std::uint64_t>(number(2)));
  else if (what == "race") race_test(root, number(1));
  else if (what == "accept") accept_test(root, number(1));
  else wrong("model STEPS SEED | race N | accept N");
  must(os::remove_tree(root), "remove");
}
