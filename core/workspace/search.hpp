// Search over what a commit declares: words (FTS5 in index.db, ranked by bm25) and vectors (embedding.hpp, a flat file
// that is mapped and scanned), joined by reciprocal rank fusion. It follows the index of entities commit by commit, when
// it is asked. Names and plain texts are searched; personal data, secret values, keys and references are not in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/workspace/entity_index.hpp"

namespace tk::workspace {

struct Hit {
  law::Ref ref;
  std::string file, text;
  double score = 0;
  int by_words = 0, by_vector = 0;  // its ranks; 0: not among the first
};

enum class Ranking { hybrid, words, vectors };

class Search {
 public:
  // `vectors`: where the vectors of this index are kept, less the ending.
  static Result<Search> open(EntityIndex& index, const git::Repository& repository, std::string vectors);
  // The best first; at most `most`.
  Result<std::vector<Hit>> find(std::string_view text, std::size_t most, Ranking ranking = Ranking::hybrid);

  struct Updated {
    std::size_t documents = 0, removed = 0;
    bool anew = false;
  };
  const Updated& updated() const { return updated_; }

 private:
  Search(EntityIndex& index, std::string vectors) : index_(index), vectors_(std::move(vectors)) {}
  Result<std::string> meta(std::string_view name);
  Result<void> set_meta(std::string_view name, std::string_view value);
  Result<void> follow(const git::Repository& repository);
  Result<void> make_anew();
  Result<void> remove_file(const std::string& path);
  Result<void> add(const Entity& entity, const std::string& file);
  Result<void> write_vectors();
  Result<void> rewrite_vectors(const std::string& old);
  void append_record(std::int64_t number, std::string_view name, std::string_view text);
  std::string vector_path(std::string_view generation) const { return vectors_ + "." + std::string(generation) + ".i8"; }
  struct Words {
    std::vector<std::int64_t> list;
    std::size_t whole = 0;  // so many of them, the first, have every word
  };
  Result<Words> by_words(const std::vector<std::string>& words);
  Result<std::vector<std::int64_t>> by_vector(std::string_view text);
  Result<std::vector<std::int64_t>> judge(std::string_view text, const std::vector<std::int64_t>& candidates);
  Result<std::int64_t> frequency(const std::string& word);
  Result<Hit> document(std::int64_t number);

  EntityIndex& index_;
  std::string vectors_;
  std::string fresh_;  // records that are not in the file yet
  std::int64_t next_ = 0;  // the last number given
  Updated updated_;
};

}  // namespace tk::workspace
