#include "core/journal/detail/walk.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/journal/pruned.hpp"
#include "core/journal/row.hpp"

namespace tk::journal::detail {
namespace {

using Type = store::Statement::Type;
constexpr int kFirstText = 4, kTexts = 26, kHash = kFirstText + kTexts;
constexpr int kPayloadDigest = kFirstText + 15;  // and that of the changes behind it
constexpr std::size_t kBeforeRow = 14 + 32;      // "tk-journal-v1\0" and the hash before, in front of the row

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Walk {
 public:
  Walk(store::Database& db, Range range, const Secret& secret, std::atomic<std::int64_t>& done)
      : db_(db), range_(range), secret_(secret), done_(done) {}

  Result<Walked> run() {
    auto walked = rows();
    if (walked || walked.error().code != Code::journal_broken) {
      TK_CHECK(walked);
    } else {
      wrong(at_, row_name(at_) + " cannot be read: " + walked.error().message);
    }
    if (out_.bad_seq && range_.first == 1) done_ = INT64_MIN / 2;  // what the other finds comes behind it
    return std::move(out_);
  }

 private:
  bool wrong(std::int64_t seq, std::string problem) {
    out_.bad_seq = seq;
    out_.problem = std::move(problem);
    return false;
  }

  Result<void> rows() {
    TK_CHECK(begin_behind());
    TK_TRY(auto row, db_.prepare(
        "SELECT seq, format, id, ts_ns, trace_id, span_id, parent_span_id, actor_kind, actor_id, on_behalf_of, "
        "sponsor, borrow_id, context_path, entity_type, entity_id, event_type, trigger, from_state, to_state, "
        "payload_digest, changes_digest, reason, rule_id, permission_mode, decision, origin_node, kind, policy_hash, "
        "labels, idempotency_key, hash FROM journal WHERE seq >= ? AND seq <= ? ORDER BY seq"));
    row.bind(range_.first).bind(range_.last);
    TK_TRY(auto side, db_.prepare("SELECT seq, payload, changes FROM side WHERE seq >= ? AND seq <= ? ORDER BY seq"));
    side.bind(range_.first).bind(range_.last);
    TK_TRY(side_ready_, side.step());
    for (at_ = range_.first; at_ <= range_.last; ++at_) {
      TK_TRY(bool there, row.step());
      if (!there || row.integer(0) != at_) return wrong(at_, row_name(at_) + " is missing"), Result<void>{};
      if (!check(row, side)) return {};
      if (side_ready_ && side.integer(0) == at_) {
        TK_TRY(side_ready_, side.step());
      }
      TK_TRY(bool fits, full_tile());
      if (!fits) return {};
      if (at_ % 1024 == 0 && done_.fetch_add(1024) < 0) return {};  // the walk before this one found something
    }
    return {};
  }

  Result<void> begin_behind() {
    out_.tiles.reserve(static_cast<std::size_t>((range_.last - range_.first) / Tree::kWidth + 1) * Tree::kHash);
    buffer_.assign("tk-journal-v1\0", 14);
    if (range_.first == 1) return {};
    TK_TRY(auto s, db_.prepare("SELECT hash FROM journal WHERE seq = ?"));
    s.bind(range_.first - 1);
    TK_TRY(bool there, s.step());
    if (there && s.blob(0).size() == out_.hash.size()) std::memcpy(out_.hash.data(), s.blob(0).data(), out_.hash.size());
    return {};  // where it is missing, the walk before this one says so
  }

  // The same bytes as another type have the same digest but are no longer found by a query for them, an
  // idempotency key among them.
  bool typed(const store::Statement& row) {
    for (int c = 0; c <= kHash; ++c) {
      bool number = c == 0 || c == 1 || c == 3, blob = c == kPayloadDigest || c == kPayloadDigest + 1 || c == kHash;
      cells_[static_cast<std::size_t>(c)] = row.cell(c);
      if (cell(c).type != (number ? Type::integer : blob ? Type::blob : Type::text)) return false;
    }
    return true;
  }
  const store::Statement::Cell& cell(int column) const { return cells_[static_cast<std::size_t>(column)]; }

  bool check(const store::Statement& row, const store::Statement& side) {
    auto name = [&] { return row_name(at_); };
    if (!typed(row)) return wrong(at_, name() + ": a value of it has another type");
    if (cell(1).number != kFormat) return wrong(at_, name() + " has format " + std::to_string(cell(1).number));
    bool beside = side_ready_ && side.integer(0) == at_;
    for (int part : {0, 1}) {
      const char* what = part == 0 ? "payload" : "changes";
      auto stored = beside ? side.cell(1 + part) : store::Statement::Cell{Type::null, {}, 0};
      auto bytes = stored.bytes;
      if (stored.type != Type::null && (stored.type != Type::blob || bytes.empty()))
        return wrong(at_, name() + ": its " + what + " has another type");
      auto digest = bytes.empty() ? crypto::Digest{} : crypto::sha256(bytes);
      auto told = cell(kPayloadDigest + part).bytes;
      if (part == 0 && bytes.empty() && !told.empty() && pruned()) continue;
      if (told != (bytes.empty() ? std::string_view() : text_of(digest)))
        return wrong(at_, name() + ": its " + what + (part == 0 ? " was changed" : " were changed"));
    }
    if (beside && side.null(1) && side.null(2)) return wrong(at_, name() + ": nothing stands beside it, as another type");
    if (!check_hashes()) return false;
    for (std::size_t i = 0; i < kIndexes.size(); ++i)
      if (auto value = cell(kIndexes[i].number).bytes; !kIndexes[i].partial || !value.empty())
        out_.prints[i] += print_of(secret_, value, at_);
    return true;
  }

  // Whether a row log.pruned says that this one has lost its payload. Asked of the first that has none.
  bool pruned() {
    if (!pruned_) pruned_ = Pruned::read(db_).value_or(Pruned());
    return pruned_->has(at_);
  }

  // The row's bytes (row.hpp) with room in front of them for what the chain puts there; how many there are in all.
  std::size_t lay_out() {
    auto size = kBeforeRow + 3 * 16 + 8 + cell(2).bytes.size();
    for (int c = kFirstText; c < kHash; ++c) size += 8 + cell(c).bytes.size();
    if (buffer_.size() < size) buffer_.resize(2 * size);
    auto* at = buffer_.data() + kBeforeRow;
    auto number = [&](std::uint64_t n) {
      if constexpr (std::endian::native == std::endian::little) n = __builtin_bswap64(n);
      std::memcpy(at, &n, 8);
      at += 8;
    };
    auto field = [&](std::string_view bytes) {
      number(bytes.size());
      at = std::copy(bytes.begin(), bytes.end(), at);
    };
    number(8), number(static_cast<std::uint64_t>(cell(1).number));
    number(8), number(static_cast<std::uint64_t>(at_));
    field(cell(2).bytes);
    number(8), number(static_cast<std::uint64_t>(cell(3).number));
    for (int c = kFirstText; c < kHash; ++c) field(cell(c).bytes);
    return size;
  }

  bool check_hashes() {
    auto size = lay_out();
    auto whole = std::string_view(buffer_).substr(0, size);
    buffer_[kBeforeRow - 1] = 0;
    auto leaf = crypto::sha256(whole.substr(kBeforeRow - 1));
    std::memcpy(buffer_.data() + 14, out_.hash.data(), out_.hash.size());
    out_.hash = crypto::sha256(whole);
    if (cell(kHash).bytes != text_of(out_.hash))
      return wrong(at_, row_name(at_) + " (" + std::string(cell(15).bytes) + " of " + std::string(cell(13).bytes) + " " +
                            std::string(cell(14).bytes) + "): its hash does not fit; it was changed or moved");
    out_.rest += text_of(leaf);
    return true;
  }

  Result<bool> full_tile() {
    if (at_ % Tree::kWidth != 0) return true;
    auto first = at_ - Tree::kWidth + 1;
    TK_TRY(auto s, db_.prepare("SELECT hashes FROM tile WHERE at = ?"));
    s.bind(Tree::place(0, first / Tree::kWidth));
    TK_TRY(bool there, s.step());
    auto told = there && s.cell(0).type == Type::blob ? s.cell(0).bytes : std::string_view();
    if (told.size() != out_.rest.size()) return wrong(first, row_name(first) + ": the tile of the tree that begins with it is missing or cut");
    if (told != out_.rest) {
      std::int64_t i = 0;
      while (told.substr(static_cast<std::size_t>(i) * Tree::kHash, Tree::kHash) ==
             std::string_view(out_.rest).substr(static_cast<std::size_t>(i) * Tree::kHash, Tree::kHash))
        ++i;
      return wrong(first + i, row_name(first + i) + ": the tree holds another leaf for it");
    }
    out_.tiles += text_of(merkle::fold(out_.rest));
    out_.rest.clear();
    return true;
  }

  store::Database& db_;
  Range range_;
  const Secret& secret_;
  std::array<store::Statement::Cell, kHash + 1> cells_{};
  std::atomic<std::int64_t>& done_;
  Walked out_;
  std::optional<Pruned> pruned_;
  std::string buffer_;
  std::int64_t at_ = 0;
  bool side_ready_ = false;
};

}  // namespace

Result<Walked> walk_range(store::Database& db, Range range, const Secret& secret, std::atomic<std::int64_t>& done) {
  return Walk(db, range, secret, done).run();
}

// SipHash-1-3 (Aumasson and Bernstein, 2012) of the number and the value.
std::uint64_t print_of(const Secret& secret, std::string_view value, std::int64_t seq) {
  std::uint64_t v0 = secret[0] ^ 0x736f6d6570736575, v1 = secret[1] ^ 0x646f72616e646f6d;
  std::uint64_t v2 = secret[0] ^ 0x6c7967656e657261, v3 = secret[1] ^ 0x7465646279746573;
  auto round = [&] {
    v0 += v1, v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1, v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  };
  auto take = [&](std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  };
  take(static_cast<std::uint64_t>(seq));
  auto size = value.size();
  for (; value.size() >= 8; value.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, value.data(), 8);
    take(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(size) << 56;
  for (std::size_t i = 0; i < value.size(); ++i) last |= std::uint64_t{static_cast<unsigned char>(value[i])} << 8 * i;
  take(last);
  v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

Result<std::uint64_t> print_index(store::Database& db, const Index& index, const Secret& secret, std::int64_t last, std::string& problem) {
  auto column = std::string(index.column), name = std::string(index.name);
  TK_TRY(auto s, db.prepare("SELECT " + column + ", seq FROM journal INDEXED BY " + name +
                            (index.partial ? " WHERE " + column + " <> ''" : "") + " ORDER BY " + column));
  std::string before;
  std::int64_t before_seq = INT64_MIN;
  std::uint64_t sum = 0;
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    auto value = s.cell(0), seq = s.cell(1);
    bool behind = value.bytes > before || (value.bytes == before && seq.number > before_seq);
    if (value.type != Type::text || seq.type != Type::integer || !behind)
      problem = "the index " + name + " is damaged at row " + std::to_string(seq.number);
    if (!problem.empty()) return sum;
    if (value.bytes != before) before = value.bytes;
    before_seq = seq.number;
    if (seq.number <= last) sum += print_of(secret, value.bytes, seq.number);
  }
  return sum;
}

}  // namespace tk::journal::detail
