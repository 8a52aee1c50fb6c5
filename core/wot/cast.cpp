#include "core/wot/cast.hpp"

#include "core/base/clock.hpp"
#include "core/base/text.hpp"

namespace tk::wot {

std::string cast_name(const record::Record& cast) {
  auto slash = cast.name.rfind('/');
  return slash == cast.name.npos ? cast.name : cast.name.substr(slash + 1);
}

Result<std::vector<record::Record>> open_casts(record::Store& store, const std::string& run) {
  TK_TRY(auto all, store.list("cast", run));
  std::vector<record::Record> out;
  for (auto& cast : all)
    if (cast.state == "open") out.push_back(std::move(cast));
  return out;
}

bool past_deadline(const record::Record& cast) {
  auto deadline = cast.fields.contains("deadline") ? cast.fields.at("deadline").integer() : 0;
  return deadline > 0 && clock::now_ns() / 1'000'000 >= deadline;
}

namespace {

Result<record::Record> find_cast(record::Store& store, const record::Record& run,
                                 const std::string& word) {
  TK_TRY(auto all, store.list("cast", run.id));
  std::vector<std::string> names;
  const record::Record* named = nullptr;
  for (const auto& cast : all) {
    bool same = cast_name(cast) == word || (word.size() >= 8 && cast.id.starts_with(word));
    if (same && (!named || cast.state == "open")) named = &cast;
    if (cast.state == "open") names.push_back(cast_name(cast));
  }
  if (named) return *named;
  auto near = text::nearest(word, names);
  return fail(Code::wot_cast, "run " + run.id + " has no cast " + text::printable(word),
              !near.empty() ? "did you mean " + near + "?"
              : names.empty() ? "nothing is asked there now"
                              : "open casts: " + text::join(names, ", "));
}

}  // namespace

Result<record::Record> expire(Environment& env, const record::Record& cast) {
  auto how = cast.fields.at("on_timeout").text();
  record::Change c;
  c.id = cast.id;
  c.event = "expire";
  c.input = {{"answer", how == "fail" ? "" : how}, {"by", "timeout"},
             {"at", clock::rfc3339(clock::now_ns())}};
  c.actor = env.actor;
  c.trace = trace::child(env.trace);
  c.reason = "nobody answered in time; on_timeout = " + how;
  TK_TRY(auto done, env.store.apply(std::move(c)));
  return std::move(done.record);
}

Result<record::Record> answer(Environment& env, const std::string& run_id, const std::string& word,
                              const std::string& value) {
  auto run = env.store.find(run_id, "run");
  if (!run)
    return fail(Code::wot_unknown_run, "no run " + text::printable(run_id), "`tk wot list` shows them");
  TK_TRY(auto cast, find_cast(env.store, *run, word));
  if (value != "approve" && value != "reject")
    return fail(Code::wot_answer, cast_name(cast) + " takes approve or reject, not \"" +
                                      text::printable(value) + "\"",
                "did you mean " + (text::nearest(value, {"approve", "reject"}).empty()
                                       ? std::string("approve?")
                                       : text::nearest(value, {"approve", "reject"}) + "?"));
  if (cast.state == "answered")
    return fail(Code::wot_answered, cast_name(cast) + " was answered " +
                                        cast.fields["answer"].text() + " by " +
                                        cast.fields["by"].text() + " at " + cast.fields["at"].text());
  if (cast.state == "expired" || past_deadline(cast))
    return fail(Code::wot_gate_timeout, cast_name(cast) + " was not answered in time",
                "its timeout ran out; see: tk wot show " + run->id);
  if (run->state == "stopped")
    return fail(Code::record_event, "run " + run->id + " was stopped", "tk wot resume " + run->id + " lets it go on; its questions are then open again");
  record::Change c;
  c.id = cast.id;
  c.event = "answer";
  const auto& by = env.actor.on_behalf_of_ref.empty() ? env.actor.ref : env.actor.on_behalf_of_ref;
  c.input = {{"answer", value}, {"by", by}, {"at", clock::rfc3339(clock::now_ns())}};
  c.actor = env.actor;
  c.trace = trace::child(env.trace);
  auto done = env.store.apply(std::move(c));
  if (!done && done.error().code == Code::record_conflict)
    return fail(Code::wot_answered, cast_name(cast) + " was answered meanwhile",
                "see: tk wot show " + run->id);
  if (!done) return fail(done.error());
  return std::move(done->record);
}

}  // namespace tk::wot
