// Somebody joins or leaves: the same steps for a person and an agent, in one commit and one transaction of the journal.
#include <algorithm>

#include "core/acl/standing.hpp"
#include "core/base/base64.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/workspace/hierarchy.hpp"
#include "help/repo.hpp"
#include "tools/repo/history.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What is going to be committed, and what a person is told of it.
struct Work {
  std::vector<git::Change> files;
  std::vector<record::Change> changes;
  std::vector<std::pair<std::string, std::string>> steps;
};

class Joining {
 public:
  Joining(Session& session, const git::Repository& repository, std::string head) : s_(session), repository_(repository), head_(std::move(head)) {}

  Result<void> declare(const law::Ref& ref, Pairs attributes) {
    auto path = workspace::entity_path(ref);
    if (path.empty()) return fail(Code::cli_usage, "no " + ref.type + " can stand in " + (ref.context.empty() ? "the root" : ref.context));
    if (s_.law.index().lookup(ref)) return fail(Code::ws_entity_exists, ref.str() + " exists already", "tk repo set changes it");
    auto id = ids::uuid7();
    TK_CHECK(seal_pairs(s_, ref, id, attributes));
    auto content = workspace::write_entity(ref, id, attributes);
    work_.changes.push_back(change_for(s_, ref, id, path, attributes_in(path, content, ref)));
    work_.files.push_back({path, std::move(content)});
    return {};
  }

  Result<void> join(const law::EntityView& group, const law::Ref& member) {
    auto path = std::string(group.file);
    TK_TRY(auto content, content_of(path));
    TK_TRY(auto doc, xml::parse(content, path));
    const auto* element = &doc.root;
    for (const auto& child : doc.root.children)
      if (doc.root.name != "group" && child.name == "group" && child.get("name") == group.name) element = &child;
    TK_CHECK(put(path, with_child(doc, *element, "<member ref=\"" + xml::escape(member.str()) + "\"/>")));
    return update(group, "update");
  }

  // An attribute of what is declared already, with the transition that it is.
  Result<void> set_state(const law::EntityView& e, const std::string& state) {
    auto path = std::string(e.file);
    TK_TRY(auto content, content_of(path));
    TK_TRY(auto doc, xml::parse(content, path));
    const auto* element = doc.root.name == e.type ? &doc.root : nullptr;
    for (const auto& child : doc.root.children)
      if (!element && child.name == e.type && (child.get("name") == e.name || child.get("id") == e.name)) element = &child;
    if (!element) return fail(Code::ws_entity_unknown, e.str() + " does not stand in " + path);
    TK_CHECK(put(path, xml::with_attribute(doc, *element, "state", state)));
    return update(e, state == "suspended" ? "suspend" : "retire");
  }

  void step(std::string what, std::string done) { work_.steps.emplace_back(std::move(what), std::move(done)); }
  void also(record::Change change) { work_.changes.push_back(std::move(change)); }

  Result<std::int64_t> commit(const std::string& message) {
    TK_TRY(auto seq, commit_entities(s_, repository_, std::move(work_.files), std::move(work_.changes), message));
    step("committed", "one commit, one transaction");
    return seq;
  }

  Exit print(const cli::Args& args, const law::Ref& ref, std::int64_t seq) const {
    Value::List list;
    std::vector<std::vector<std::string>> rows;
    for (const auto& [what, done] : work_.steps) {
      list.push_back(Value::Map{{"step", what}, {"done", done}});
      rows.push_back({std::to_string(rows.size() + 1), what, done});
    }
    cli::print(args.json() ? json::pretty(Value::Map{{"ref", ref.str()}, {"seq", seq}, {"steps", std::move(list)}}) + "\n" : cli::table(rows));
    return Exit::ok;
  }

 private:
  // The file as it will be so far.
  Result<std::string> content_of(const std::string& path) const {
    for (const auto& f : work_.files)
      if (f.path == path) return f.content.value_or("");
    TK_TRY(auto content, repository_.read(head_, path));
    return content.value_or("");
  }

  Result<void> put(const std::string& path, std::string content) {
    auto there = std::find_if(work_.files.begin(), work_.files.end(), [&](const auto& f) { return f.path == path; });
    if (there == work_.files.end()) work_.files.push_back({path, std::move(content)});
    else there->content = std::move(content);
    return {};
  }

  Result<void> update(const law::EntityView& e, const std::string& event) {
    law::Ref ref{std::string(e.type), std::string(e.context), std::string(e.name)};
    auto path = std::string(e.file);
    TK_TRY(auto before, repository_.read(head_, path));
    TK_TRY(auto after, content_of(path));
    TK_TRY(auto record, record_of(s_, ref, std::string(e.id), std::string(e.state), path, attributes_in(path, before.value_or(""), ref)));
    auto change = change_for(s_, ref, record.id, path, attributes_in(path, after, ref));
    change.event = event;
    work_.changes.push_back(std::move(change));
    return {};
  }

  static std::string with_child(const xml::Document& doc, const xml::Element& e, const std::string& child) {
    const auto& s = doc.source;
    std::string indent(e.at - (s.rfind('\n', e.at) == s.npos ? 0 : s.rfind('\n', e.at) + 1), ' ');
    if (s[e.open_end] == '/')
      return s.substr(0, e.open_end) + ">\n" + indent + "  " + child + "\n" + indent + "</" + e.name + ">" + s.substr(e.open_end + 2);
    auto closing = s.rfind("</", element_end(doc, e));
    auto line = s.find_last_not_of(" \t", closing - 1);
    bool own_line = line != s.npos && s[line] == '\n';
    auto at = own_line ? line + 1 : closing;
    return s.substr(0, at) + (own_line ? "" : "\n") + indent + "  " + child + "\n" + (own_line ? "" : indent) + s.substr(at);
  }

  Session& s_;
  const git::Repository& repository_;
  std::string head_;
  Work work_;
};

// The line of a .pub file: type, base64, comment.
struct PublicKey {
  std::string line, type, fingerprint;
};
Result<PublicKey> read_public_key(const std::string& file) {
  TK_TRY(auto bytes, os::read_file(file, 64u << 10));
  PublicKey out{std::string(text::trim(bytes)), {}, {}};
  const auto* kind = record::find_entity_type("sshkey")->find("public");
  if (auto wrong = record::check_value(*kind, out.line); !wrong.empty())
    return fail(Code::cli_usage, file + " is no OpenSSH public key", "the file that ends in .pub, with one key in one line");
  auto words = text::split(out.line, ' ');
  out.type = words[0];
  auto blob = base64::decode(words[1]);
  if (!blob) return fail(Code::cli_usage, file + " is no OpenSSH public key", "its second word is no base64");
  auto digest = crypto::sha256(*blob);
  auto print = base64::encode(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  out.fingerprint = "SHA256:" + print.substr(0, print.find('='));
  return out;
}

Result<void> join_groups(Joining& joining, const law::Index& index, std::vector<std::string> groups, const workspace::Configuration& config,
                         const law::Ref& ref) {
  if (groups.empty()) groups = workspace::words_in(config.at("onboard.groups").value);
  for (const auto& word : groups) {
    TK_TRY(auto group_ref, law::parse_ref(word.find(':') == word.npos ? "group:" + word : word));
    TK_TRY(auto group, index.find(group_ref));
    if (group.type != "group") return fail(Code::cli_usage, group.str() + " is no group", "--group group:staff");
    TK_CHECK(joining.join(group, ref));
    joining.step("group", "member of " + group.str());
  }
  if (groups.empty()) joining.step("group", "none asked for, and onboard.groups names none");
  return {};
}

Result<void> grant_role(Joining& joining, const law::Index& index, const std::string& given, const workspace::Configuration& config, const law::Ref& ref) {
  const auto& set = config.at("onboard.role");
  auto word = given.empty() ? set.value : given;
  if (word.empty()) return joining.step("role", "none"), Result<void>{};
  TK_TRY(auto role_ref, law::parse_ref(word.find(':') == word.npos ? "role:" + word : word));
  auto role = index.find(role_ref);
  if (!role && given.empty() && set.chain.back().entry.at.file.empty()) return joining.step("role", "none: there is no " + word), Result<void>{};
  if (!role) return fail(role.error());
  TK_CHECK(joining.declare({"grant", ref.context, ref.type + "-" + ref.name + "-" + std::string(role->name)}, {{"role", role->str()}, {"to", ref.str()}}));
  joining.step("role", role->str() + " granted in " + ref.context);
  return {};
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  const auto& index = s->law.index();
  law::Ref ref{args.get("KIND"), args.get("context", s->workspace.default_context()), args.get("NAME")};
  if (!law::valid_name(ref.name)) return fail(Code::cli_usage, "not a name: " + text::printable(ref.name), "letters, digits, _ - . ; at most 64");
  if (!law::valid_context(ref.context) || ref.context.empty())
    return fail(Code::cli_usage, "not a context: " + text::printable(ref.context), "write it like acme.web");
  TK_TRY(auto sponsor_ref, law::parse_ref(args.get("sponsor", s->actor.ref)));
  TK_TRY(auto sponsor, index.find(sponsor_ref));
  if (sponsor.type != "user") return fail(Code::cli_usage, sponsor.str() + " is no person", "--sponsor user:alice");
  TK_TRY(auto head, repository.head_commit());
  TK_TRY(auto config, workspace::committed_config(repository, head).of(ref.context));

  Joining joining(*s, repository, head);
  TK_TRY(auto attributes, read_pairs(args.all("ATTRIBUTE")));
  for (const auto& [name, value] : attributes)
    if (name == "id" || name == "name" || name == "owner" || name == "sponsor")
      return fail(Code::cli_usage, name + " cannot be given so", "--sponsor says who answers for them");
  attributes.emplace_back("owner", sponsor.str());
  if (record::find_entity_type(ref.type)->find("sponsor")) attributes.emplace_back("sponsor", sponsor.str());
  TK_CHECK(joining.declare(ref, std::move(attributes)));
  joining.step("entity", ref.str() + " declared; " + sponsor.str() + " answers for it");
  TK_CHECK(join_groups(joining, index, args.all("group"), config, ref));
  if (auto file = args.get("key"); !file.empty()) {
    TK_TRY(auto key, read_public_key(file));
    TK_CHECK(joining.declare({"sshkey", ref.context, ref.type + "-" + ref.name},
                             {{"public", key.line}, {"type", key.type}, {"fingerprint", key.fingerprint}, {"of", ref.str()}}));
    joining.step("key", key.type + " " + key.fingerprint);
  } else {
    joining.step("key", "none given");
  }
  TK_CHECK(grant_role(joining, index, args.get("role"), config, ref));
  TK_TRY(auto seq, joining.commit("repo: onboard " + ref.str()));
  return joining.print(args, ref, seq);
}

Result<Exit> run_off(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  const auto& index = s->law.index();
  TK_TRY(auto asked, law::parse_ref(args.get("REF")));
  TK_TRY(auto entity, index.find(asked));
  if (entity.type != "user" && entity.type != "agent") return fail(Code::cli_usage, entity.str() + " is no user or agent", "tk repo offboard user:alice");
  law::Ref ref{std::string(entity.type), std::string(entity.context), std::string(entity.name)};
  if (ref.str() == s->actor.ref) return fail(Code::cli_usage, "nobody takes themselves out", "somebody else has to do it");
  if (!entity.active()) return fail(Code::record_conflict, ref.str() + " is " + std::string(entity.state) + " already", 
                "tk repo set " + ref.str() + " state=active takes them back");
  TK_TRY(auto head, repository.head_commit());
  Joining leaving(*s, repository, head);
  TK_CHECK(leaving.set_state(entity, "suspended"));
  leaving.step("entity", ref.str() + " suspended: from the next decision on it may do nothing");
  for (const auto& key : index.entities("sshkey")) {
    auto of = index.attribute(key, "of").value_or("");
    bool theirs = key.active() && (of == ref.str() || of == ref.type + ":" + ref.name);
    if (!theirs) continue;
    TK_CHECK(leaving.set_state(key, "retired"));
    leaving.step("key", key.str() + " retired");
  }
  record::Actor whose;
  whose.kind = ref.type;
  whose.ref = ref.str();
  whose.id = entity.id.empty() ? whose.ref : std::string(entity.id);
  TK_TRY(auto verdict, acl::judge(s->store, acl::Verdict::revoke, whose, s->actor, trace::child(s->trace), args.get("reason", "offboarded")));
  leaving.also(std::move(verdict));
  leaving.step("tokens", "every token and lease ended");
  TK_TRY(auto seq, leaving.commit("repo: offboard " + ref.str()));
  return leaving.print(args, ref, seq);
}

}  // namespace

cli::VerbSpec onboard_verb() {
  return {"onboard", "let a person or an agent join: entity, groups, key and role in one commit",
          {{"KIND", "user or agent: the steps are the same", true, false, {"user", "agent"}}, {"NAME", "their name"}, {"ATTRIBUTE", "name=value", false, true}},
          {{"context", "PATH", "where they stand: acme.web (default: workspace.context)"},
           {"sponsor", "REF", "the person who answers for them (default: you)"},
           {"group", "REF", "a group that they join (default: onboard.groups of the place)", {}, true},
           {"key", "FILE", "their OpenSSH public key"},
           {"role", "REF", "the role that they get (default: onboard.role of the place)"},
           kAsOption},
          {{"tk repo onboard user rita --group staff --key rita.pub", "a person with a group, a key and the default role"},
           {"tk repo onboard agent analyst template=analyst --sponsor user:rita --context acme.web", "an agent: the same steps"}},
          help::k_onboard, run, "{ref: text, seq: int, steps: [{step: text, done: text}]}", values};
}

cli::VerbSpec offboard_verb() {
  return {"offboard", "let a person or an agent go: suspended, keys retired, every token and lease ended",
          {{"REF", "user:rita or agent:analyst"}}, {{"reason", "TEXT", "why; it stands in the journal"}, kAsOption},
          {{"tk repo offboard user:rita --reason \"left\"", "nothing is deleted: what she did stays hers"},
           {"tk repo offboard agent:analyst", "the same for an agent"}},
          help::k_offboard, run_off, "{ref: text, seq: int, steps: [{step: text, done: text}]}", values};
}

}  // namespace tk::tools::repo_tool
