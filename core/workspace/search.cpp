#include "core/workspace/search.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <queue>
#include <unordered_map>

#include "core/os/file.hpp"
#include "core/workspace/embedding.hpp"

namespace tk::workspace {
namespace {

constexpr const char* kSchema = R"sql(
DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS document;
CREATE TABLE document (number INTEGER PRIMARY KEY, type TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX document_file ON document (file);
CREATE VIRTUAL TABLE words USING fts5 (name, text, content = '', tokenize = 'porter unicode61');
DELETE FROM meta WHERE name LIKE 'search%';
)sql";
constexpr std::string_view kFormat = "/2";
constexpr std::size_t kCandidates = 400;  // of the vectors, judged again by their features
constexpr std::size_t kRanked = 100;      // of each list that is joined
constexpr std::int64_t kFrequent = 3000;  // a word of more entities than these tells little by itself
constexpr std::size_t kMaxQueryWords = 24;
constexpr double kRankOffset = 60;        // of reciprocal rank fusion

struct Record {
  std::uint32_t number;
  float scale;
  std::int8_t at[kDimensions];
};
static_assert(sizeof(Record) == 264);

bool searched(const record::AttributeType& a) {
  static constexpr std::string_view kKinds[] = {"text", "words", "name", "unix-name", "unix-names", "uri", "path"};
  static constexpr std::string_view kNot[] = {"name", "context", "value", "recipients", "fingerprint", "code-hash", "when", "resource", "actions"};
  auto in = [](const auto& list, std::string_view word) { return std::find(std::begin(list), std::end(list), word) != std::end(list); };
  return in(kKinds, a.kind) && !in(kNot, a.name);
}

std::string text_of(const Entity& e) {
  std::string out;
  const auto* type = record::find_entity_type(e.ref.type);
  for (const auto& [name, value] : e.attributes) {
    const auto* a = type ? type->find(name) : nullptr;
    if (!a || !searched(*a)) continue;
    if (!out.empty()) out += "; ";
    out += value;
  }
  return out;
}

}  // namespace

Result<std::string> Search::meta(std::string_view name) {
  TK_TRY(auto s, index_.db().prepare("SELECT value FROM meta WHERE name = ?"));
  TK_TRY(bool row, s.bind(name).step());
  return row ? std::string(s.text(0)) : std::string();
}

Result<void> Search::set_meta(std::string_view name, std::string_view value) {
  TK_TRY(auto s, index_.db().prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"));
  return s.bind(name).bind(value).run();
}

Result<Search> Search::open(EntityIndex& index, const git::Repository& repository, std::string vectors) {
  Search out(index, std::move(vectors));
  auto current = [&]() -> Result<bool> {
    TK_TRY(auto commit, out.meta("search"));
    TK_TRY(auto generation, out.meta("search-vectors"));
    TK_TRY(auto count, out.meta("search-count"));
    auto room = static_cast<std::int64_t>(std::strtoll(count.c_str(), nullptr, 10)) * static_cast<std::int64_t>(sizeof(Record));
    return commit == index.commit() + std::string(kFormat) && os::file_size(out.vector_path(generation)) >= room;
  };
  TK_TRY(bool there, current());
  if (there) return out;
  auto& db = index.db();
  TK_CHECK(db.begin());
  if (auto done = out.follow(repository); !done) return db.rollback(), fail(done.error());
  TK_CHECK(db.commit());
  (void)db.checkpoint(out.updated_.anew);
  return out;
}

Result<void> Search::follow(const git::Repository& repository) {
  TK_TRY(auto from, meta("search"));
  from = from.ends_with(kFormat) ? from.substr(0, from.size() - kFormat.size()) : "";  // else made by another way of counting
  if (from != index_.commit()) {
    auto changed = from.empty() ? fail(Code::git_failed, "") : repository.differences(from, index_.commit());
    if (!changed) {
      TK_CHECK(make_anew());
    } else {
      for (const auto& d : *changed) {
        if (!declares(d.path)) continue;
        TK_CHECK(remove_file(d.path));
        if (d.blob.empty()) continue;
        TK_CHECK(index_.in_file(d.path, [&](const Entity& e, const std::string& file) { return add(e, file); }));
      }
    }
    TK_CHECK(set_meta("search", index_.commit() + std::string(kFormat)));
  }
  return write_vectors();
}

Result<void> Search::make_anew() {
  updated_.anew = true;
  TK_CHECK(index_.db().exec(kSchema));
  return index_.each("", [&](const Entity& e, const std::string& file) { return add(e, file); });
}

Result<void> Search::remove_file(const std::string& path) {
  TK_TRY(auto s, index_.db().prepare("SELECT number, name, text FROM document WHERE file = ?"));
  s.bind(path);
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    // What holds no text of its own must be told what it is to forget.
    TK_TRY(auto forget, index_.db().prepare("INSERT INTO words (words, rowid, name, text) VALUES ('delete', ?, ?, ?)"));
    TK_CHECK(forget.bind(s.integer(0)).bind(s.text(1)).bind(s.text(2)).run());
    ++updated_.removed;
  }
  TK_TRY(auto gone, index_.db().prepare("DELETE FROM document WHERE file = ?"));
  return gone.bind(path).run();
}

Result<void> Search::add(const Entity& e, const std::string& file) {
  auto& db = index_.db();
  if (updated_.documents++ == 0) {  // numbers are not used twice: a vector is known by it
    TK_TRY(auto last, db.prepare("SELECT max(ifnull((SELECT max(number) FROM document), 0), ifnull((SELECT value FROM meta WHERE name = 'search-last'), 0))"));
    TK_TRY(bool row, last.step());
    next_ = row ? last.integer(0) : 0;
  }
  auto number = ++next_;
  auto text = text_of(e);
  TK_TRY(auto s, db.prepare("INSERT INTO document VALUES (?,?,?,?,?,?)"));
  TK_CHECK(s.bind(number).bind(e.ref.type).bind(e.ref.context).bind(e.ref.name).bind(file).bind(text).run());
  TK_TRY(auto words, db.prepare("INSERT INTO words (rowid, name, text) VALUES (?,?,?)"));
  TK_CHECK(words.bind(number).bind(e.ref.name).bind(text).run());
  append_record(number, e.ref.name, text);
  return {};
}

void Search::append_record(std::int64_t number, std::string_view name, std::string_view text) {
  auto vector = embed(name, text);
  Record record{static_cast<std::uint32_t>(number), vector.scale, {}};
  std::memcpy(record.at, vector.at, sizeof record.at);
  fresh_.append(reinterpret_cast<const char*>(&record), sizeof record);
}

// New records stand behind those that the last commit of the database counts; nobody reads there before this one counts.
Result<void> Search::write_vectors() {
  TK_TRY(auto generation, meta("search-vectors"));
  TK_TRY(auto counted, meta("search-count"));
  auto count = std::strtoll(counted.c_str(), nullptr, 10);
  auto path = vector_path(generation);
  TK_TRY(auto live, index_.db().prepare("SELECT count(*) FROM document"));
  TK_TRY(bool row, live.step());
  auto documents = row ? live.integer(0) : 0;
  auto fresh = static_cast<std::int64_t>(fresh_.size() / sizeof(Record));
  bool sparse = count + fresh > 2 * documents + 1000;
  if (updated_.anew || generation.empty() || sparse || os::file_size(path) < count * static_cast<std::int64_t>(sizeof(Record))) {
    TK_CHECK(rewrite_vectors(generation));
    count = 0, fresh = documents;
  } else if (fresh > 0) {
    int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return fail(os::errno_error(errno, "write", path));
    bool whole = ::lseek(fd, count * static_cast<std::int64_t>(sizeof(Record)), SEEK_SET) >= 0;
    auto written = whole ? os::write_all(fd, fresh_) : fail(os::errno_error(errno, "write", path));
    ::close(fd);
    TK_CHECK(std::move(written));
  }
  fresh_.clear();
  TK_CHECK(set_meta("search-count", std::to_string(count + fresh)));
  return next_ ? set_meta("search-last", std::to_string(next_)) : Result<void>{};
}

// A file of another name, so that who has the old one mapped keeps it.
Result<void> Search::rewrite_vectors(const std::string& old) {
  if (!updated_.anew) {
    fresh_.clear();
    TK_TRY(auto s, index_.db().prepare("SELECT number, name, text FROM document ORDER BY number"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      append_record(s.integer(0), s.text(1), s.text(2));
    }
  }
  auto generation = std::to_string(std::strtoll(old.c_str(), nullptr, 10) + 1);
  auto folder = vectors_.substr(0, vectors_.rfind('/')), stem = vectors_.substr(vectors_.rfind('/') + 1);
  TK_CHECK(os::replace_file(vector_path(generation), fresh_, 0600));
  TK_TRY(auto names, os::list_directory(folder, stem + "."));
  for (const auto& name : names)
    if (name.ends_with(".i8") && folder + "/" + name != vector_path(generation)) TK_CHECK(os::remove_file(folder + "/" + name));
  return set_meta("search-vectors", generation);
}

Result<std::int64_t> Search::frequency(const std::string& word) {
  TK_TRY(auto s, index_.db().prepare("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT " + std::to_string(kFrequent) + ")"));
  TK_TRY(bool row, s.bind("\"" + word + "\"").step());
  return row ? s.integer(0) : 0;
}

// All words together, then any of those that tell most: a frequent word alone would rank half of everything.
Result<Search::Words> Search::by_words(const std::vector<std::string>& words) {
  std::string all, any;  // as FTS5 writes them
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const auto& word : words) {
    TK_TRY(auto n, frequency(word));
    if (n > 0) found.emplace_back(n, word);
  }
  std::sort(found.begin(), found.end());
  for (const auto& [n, word] : found) all += (all.empty() ? "\"" : " AND \"") + word + "\"";
  for (const auto& [n, word] : found)
    if (n < kFrequent) any += (any.empty() ? "\"" : " OR \"") + word + "\"";
  Words out;
  auto& list = out.list;
  for (const auto& expression : {all, any}) {
    if (expression.empty() || list.size() >= kRanked) continue;
    TK_TRY(auto s, index_.db().prepare("SELECT words.rowid FROM words JOIN document ON number = words.rowid WHERE words MATCH ? "
                                       "ORDER BY round(bm25(words, 4.0, 1.0), 9), document.type, document.context, document.name LIMIT " +
                                       std::to_string(kRanked)));
    s.bind(expression);
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      if (std::find(list.begin(), list.end(), s.integer(0)) == list.end()) list.push_back(s.integer(0));
    }
    if (expression == all && found.size() == words.size()) out.whole = list.size();
  }
  if (list.size() > kRanked) list.resize(kRanked);
  return out;
}

Result<std::vector<std::int64_t>> Search::by_vector(std::string_view text) {
  TK_TRY(auto generation, meta("search-vectors"));
  TK_TRY(auto counted, meta("search-count"));
  auto count = static_cast<std::size_t>(std::strtoll(counted.c_str(), nullptr, 10));
  std::vector<std::int64_t> out;
  auto query = embed(text, "");
  if (count == 0 || query.scale == 0) return out;
  TK_TRY(auto mapping, os::Mapping::open(vector_path(generation)));
  if (mapping.bytes().size() / sizeof(Record) < count) return fail(Code::os_io, "the vectors are cut off", "remove .tk/index.db; it is made anew");
  const auto* records = reinterpret_cast<const Record*>(mapping.bytes().data());
  using Scored = std::pair<float, std::size_t>;
  std::priority_queue<Scored, std::vector<Scored>, std::greater<>> best;
  std::int32_t sums[1024];
  for (std::size_t at = 0; at < count; at += std::size(sums)) {
    auto n = std::min(std::size(sums), count - at);
    products(query, records[at].at, sizeof(Record), n, sums);
    for (std::size_t i = 0; i < n; ++i) {
      auto score = static_cast<float>(sums[i]) * records[at + i].scale;
      if (best.size() == kCandidates && score <= best.top().first) continue;
      if (best.size() == kCandidates) best.pop();
      best.emplace(score, at + i);
    }
  }
  std::vector<std::int64_t> candidates;
  for (; !best.empty(); best.pop()) candidates.push_back(records[best.top().second].number);
  return judge(text, candidates);
}

// By what the vectors only estimate: how much of the question's features is there, where a feature that most of the
// candidates have weighs little.
Result<std::vector<std::int64_t>> Search::judge(std::string_view text, const std::vector<std::int64_t>& candidates) {
  struct Judged {
    double score = 0;
    Hit hit;
    std::int64_t number = 0;
    Features features;
  };
  std::vector<Judged> judged;
  std::unordered_map<std::uint32_t, double> weight;
  auto wanted = features_of(text);
  for (auto number : candidates) {
    TK_TRY(auto hit, document(number));
    if (hit.ref.type.empty()) continue;  // gone since
    auto features = features_of(hit.ref.name + " " + hit.text);
    Judged one{0, std::move(hit), number, {}};
    std::set_intersection(features.begin(), features.end(), wanted.begin(), wanted.end(), std::back_inserter(one.features),
                          [](auto& a, auto& b) { return a.first < b.first; });
    for (const auto& [h, w] : one.features) weight[h] += 1;
    // A short text that has it all is nearer than a long one that has it too.
    one.score = 1.0 / (8.0 + std::sqrt(static_cast<double>(features.size())));
    judged.push_back(std::move(one));
  }
  for (auto& [h, w] : weight) w = std::log(1.0 + static_cast<double>(judged.size()) / w);
  for (auto& one : judged) {
    double sum = 0;
    for (const auto& [h, w] : one.features) sum += w * weight[h];
    one.score *= sum;
  }
  std::sort(judged.begin(), judged.end(), [](auto& a, auto& b) { return a.score != b.score ? a.score > b.score : a.hit.ref < b.hit.ref; });
  std::vector<std::int64_t> out;
  for (const auto& one : judged)
    if (out.size() < kRanked && one.score > 0) out.push_back(one.number);
  return out;
}

Result<Hit> Search::document(std::int64_t number) {
  TK_TRY(auto s, index_.db().prepare("SELECT type, context, name, file, text FROM document WHERE number = ?"));
  TK_TRY(bool row, s.bind(number).step());
  if (!row) return Hit{};
  return Hit{{std::string(s.text(0)), std::string(s.text(1)), std::string(s.text(2))}, std::string(s.text(3)), std::string(s.text(4))};
}

Result<std::vector<Hit>> Search::find(std::string_view text, std::size_t most, Ranking ranking) {
  std::map<std::int64_t, Hit> joined;
  // What has only some of the words is ranked by those alone: half a voice.
  auto join = [&](const std::vector<std::int64_t>& list, int Hit::* rank, std::size_t whole) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto& hit = joined[list[i]];
      hit.*rank = static_cast<int>(i + 1);
      hit.score += (i < whole ? 1.0 : 0.5) / (kRankOffset + static_cast<double>(i + 1));
    }
  };
  auto words = words_of_text(text);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.size() > kMaxQueryWords) words.resize(kMaxQueryWords);
  if (ranking != Ranking::vectors) {
    TK_TRY(auto found, by_words(words));
    join(found.list, &Hit::by_words, found.whole);
  }
  if (ranking != Ranking::words) {
    TK_TRY(auto list, by_vector(text));
    join(list, &Hit::by_vector, list.size());
  }
  std::vector<Hit> out;
  for (auto& [number, hit] : joined) {
    TK_TRY(auto told, document(number));
    told.score = hit.score, told.by_words = hit.by_words, told.by_vector = hit.by_vector;
    out.push_back(std::move(told));
  }
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.score != b.score ? a.score > b.score : a.ref < b.ref; });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace tk::workspace
